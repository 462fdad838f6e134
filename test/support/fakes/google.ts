import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type Failure, type Received, startTlsServer, testOnlyKey } from './tls.ts';

/** What FCM is asked to deliver to one device, as far as tests look into it. */
type SentMessage = {
  token: string;
  notification: { title: string; body: string };
  data: { code: string; challengeId: string; expiresAt: string; denyToken: string };
  android: { priority: string; ttl: string; collapse_key: string; notification: { tag: string } };
  apns: { headers: Record<string, string> };
};
type SendRequest = Received & { body: { message: SentMessage } };

/** Loopback in place of Google's token endpoint and of FCM, for the real SDK. */
export async function startFakeGoogle() {
  const requests: SendRequest[] = [];
  const tokenRequests: Received[] = [];
  const answers = new Map<string, Answer | Failure | Promise<Answer>>();
  let answer: 'success' | Failure = 'success';
  let tokenAnswer: 'success' | Failure = 'success';

  const send = (request: Received): Answer | Failure | Promise<Answer> => {
    const body = JSON.parse(request.text);
    requests.push({ ...request, body });
    const own = answers.get(body.message.token);
    if (own !== undefined) return own;
    if (answer !== 'success') return answer;
    return json(200, { name: `projects/doublecheck-test/messages/${requests.length}` });
  };
  const token = (request: Received): Answer | Failure => {
    tokenRequests.push(request);
    if (tokenAnswer !== 'success') return tokenAnswer;
    return json(200, { access_token: 'fake-token', expires_in: 3599, token_type: 'Bearer' });
  };
  const server = await startTlsServer(
    (request) => (request.host.startsWith('fcm.') ? send(request) : token(request)),
    (status) => errorAbout(status, requests.at(-1)),
  );
  const credentials = await writeServiceAccount();

  return {
    connection: server.connection,
    connections: server.connections,
    until: server.until,
    /** For `GOOGLE_APPLICATION_CREDENTIALS`. */
    credentialsFile: credentials.file,
    requests,
    tokenRequests,
    answerWith(next: 'success' | Failure) {
      answer = next;
    },
    /** How the token endpoint answers. */
    answerTokensWith(next: 'success' | Failure) {
      tokenAnswer = next;
    },
    /** The app is removed from a device: its token is gone. */
    unregister(pushToken: string) {
      answers.set(pushToken, unregistered);
    },
    /** How messages to one device are answered. */
    answerFor(pushToken: string, next: Failure | Answer | Promise<Answer>) {
      answers.set(pushToken, next);
    },
    /** The code in the last message to a device; null when there was none. */
    codeFor(pushToken: string): string | null {
      const sent = requests.findLast(
        ({ body: { message } }) => message.token === pushToken && message.data.code,
      );
      return sent?.body.message.data.code ?? null;
    },
    async close() {
      await server.close();
      await credentials.remove();
    },
  };
}

async function writeServiceAccount() {
  const folder = await mkdtemp(join(tmpdir(), 'fake-google-'));
  const file = join(folder, 'service-account.json');
  const account = {
    type: 'service_account',
    project_id: 'doublecheck-test',
    private_key: testOnlyKey,
    // The SDK keeps tokens by account: each fake has its own.
    client_email: `${randomUUID()}@doublecheck-test.iam.gserviceaccount.com`,
  };
  await writeFile(file, JSON.stringify(account));
  return { file, remove: () => rm(folder, { recursive: true }) };
}

function json(status: number, body: object): Answer {
  return { status, body: JSON.stringify(body) };
}

const fcmError = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
const unregistered = json(404, {
  error: {
    code: 404,
    message: 'Requested entity was not found.',
    status: 'NOT_FOUND',
    details: [{ '@type': fcmError, errorCode: 'UNREGISTERED' }],
  },
});

const statuses: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** An error that repeats what it was sent, the worst case for a log. */
function errorAbout(code: number, request?: SendRequest): object {
  return { error: { code, message: `Not sent: ${request?.text}`, status: statuses[code] } };
}
