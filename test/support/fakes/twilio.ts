import { type Failure, type Received, startTlsServer } from './tls.ts';

/** One call that Twilio was asked to place. */
type CallRequest = Received & { body: Record<string, string> };

/** Loopback in place of api.twilio.com, for the real SDK. */
export async function startFakeTwilio() {
  const requests: CallRequest[] = [];
  let answer: 'success' | Failure = 'success';
  const server = await startTlsServer(
    (request) => {
      requests.push({ ...request, body: Object.fromEntries(new URLSearchParams(request.text)) });
      if (answer !== 'success') return answer;
      return { status: 201, body: JSON.stringify(queuedCall(requests.length)) };
    },
    (status) => errorAbout(status, requests.at(-1)),
  );
  return {
    ...server,
    requests,
    answerWith(next: 'success' | Failure) {
      answer = next;
    },
    /** The code read out in the last call to a number; null when it was not called. */
    codeFor(number: string): string | null {
      const call = requests.findLast(({ body }) => body['To'] === number);
      return call ? digitsSaid(call.body['Twiml'] ?? '').first : null;
    },
  };
}

/** The digits in the words of a call: what is said first, and what is said again. */
export function digitsSaid(twiml: string): { first: string; again: string } {
  const digits = [...twiml.matchAll(/<Say[^>]*>(\d)<\/Say>/g)].map(([, digit]) => digit).join('');
  const half = digits.length / 2;
  return { first: digits.slice(0, half), again: digits.slice(half) };
}

function queuedCall(count: number): object {
  return {
    sid: `CA${String(count).padStart(32, '0')}`,
    status: 'queued',
    direction: 'outbound-api',
  };
}

/** Twilio's messages repeat what they were sent, number included. */
function errorAbout(status: number, request?: CallRequest): object {
  const message = `The number ${request?.body['To']} cannot be called: ${request?.body['Twiml']}`;
  const code = { 400: 21211, 401: 20003, 429: 20429 }[status] ?? 20500;
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}
