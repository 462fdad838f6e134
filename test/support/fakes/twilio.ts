import { randomUUID } from 'node:crypto';
import twilio from 'twilio';
import { type Answer, type Failure, type Received, startTlsServer } from './tls.ts';

export const accountSid = `AC${'a1'.repeat(16)}`;
export const authToken = 'secret';

/** One call that Twilio was asked to place. */
type CallRequest = Received & { body: Record<string, string> };

/** The same with Twilio's id of the call, which the answer contains unless it fails. */
type Placed = CallRequest & { sid: string };

/** Loopback in place of api.twilio.com, for the real SDK. */
export async function startFakeTwilio() {
  const requests: Placed[] = [];
  const updates: CallRequest[] = [];
  const calls = new Map<string, Record<string, string>>();
  let answer: 'success' | Failure = 'success';
  let headers: Record<string, string> = {};

  const place = (request: CallRequest): Answer | Failure => {
    const sid = newSid();
    requests.push({ ...request, sid });
    if (answer !== 'success') return answer;
    calls.set(sid, request.body);
    return { status: 201, headers, body: JSON.stringify({ sid, status: 'queued' }) };
  };
  const update = (request: CallRequest): Answer | Failure => {
    updates.push(request);
    if (answer !== 'success') return answer;
    return { status: 200, body: JSON.stringify({ sid: sidIn(request), status: 'canceled' }) };
  };
  const server = await startTlsServer(
    (received) => {
      const request = { ...received, body: formOf(received.text) };
      return received.path.endsWith('/Calls.json') ? place(request) : update(request);
    },
    (status) => errorAbout(status, requests.at(-1)),
  );
  const sidOf = (call: string) =>
    [...calls].findLast(([sid, { To }]) => sid === call || To === call)?.[0] ?? '';

  return {
    ...server,
    /** The calls it was asked to place. */
    requests,
    /** What else it was asked about calls. */
    updates,
    /** The calls it was asked to end. */
    get hangUps(): string[] {
      const ends = updates.filter(({ body }) =>
        ['canceled', 'completed'].includes(body['Status'] ?? ''),
      );
      return ends.map(sidIn);
    },
    answerWith(next: 'success' | Failure) {
      answer = next;
    },
    /** What the answers about new calls say of their connection. */
    answerWithHeaders(next: Record<string, string>) {
      headers = next;
    },
    /** The code read out in the last call to a number; null when it was not called. */
    codeFor(number: string): string | null {
      const call = requests.findLast(({ body }) => body['To'] === number);
      return call ? digitsSaid(call.body['Twiml'] ?? '').first : null;
    },
    /** The sid of the last call that was placed to a number. */
    sidOf,
    /** What Twilio would tell of a call, named by its sid or its number, at the address it was given. */
    callbackOf(call: string, status: string, changes: Record<string, string> = {}) {
      const sid = sidOf(call);
      return callback(sid, calls.get(sid) ?? {}, { CallStatus: status, ...changes });
    },
    /** The same of a call that it placed, and whose answer to us was lost. */
    callbackFor: (call: Record<string, string>, status: string, sid = newSid()) =>
      callback(sid, call, { CallStatus: status }),
  };
}

function newSid(): string {
  return `CA${randomUUID().replaceAll('-', '')}`;
}

function sidIn({ path }: Received): string {
  return /(\w+)\.json$/.exec(path)?.[1] ?? path;
}

function formOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** The digits in the words of a call: what is said first, and what is said again. */
export function digitsSaid(twiml: string): { first: string; again: string } {
  const digits = [...twiml.matchAll(/<Say[^>]*>(\d)<\/Say>/g)].map(([, digit]) => digit).join('');
  const half = digits.length / 2;
  return { first: digits.slice(0, half), again: digits.slice(half) };
}

/** A status callback as Twilio sends one. */
function callback(sid: string, call: Record<string, string>, changes: Record<string, string>) {
  const { To = '', From = '', StatusCallback = '' } = call;
  const fields: Record<string, string> = {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    CallSid: sid,
    CallbackSource: 'call-progress-events',
    Called: To,
    CalledCity: '',
    CalledCountry: 'NL',
    Caller: From,
    CallerCountry: 'NL',
    Direction: 'outbound-api',
    From,
    FromCountry: 'NL',
    SequenceNumber: '0',
    Timestamp: 'Sun, 22 Nov 2026 12:00:00 +0000',
    To,
    ToCountry: 'NL',
    ...changes,
  };
  const signature = twilio.getExpectedTwilioSignature(authToken, StatusCallback, fields);
  return {
    path: new URL(StatusCallback).pathname,
    headers: {
      'x-twilio-signature': signature,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams(fields).toString(),
    fields,
  };
}

/** Twilio's messages repeat what they were sent, number included. */
function errorAbout(status: number, request?: CallRequest): object {
  const message = `The number ${request?.body['To']} cannot be called: ${request?.body['Twiml']}`;
  const code = { 400: 21211, 401: 20003, 429: 20429 }[status] ?? 20500;
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}
