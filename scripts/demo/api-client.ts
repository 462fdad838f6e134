import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';

/** Ends the demo. Its message is one line for the person who runs it. */
export class DemoError extends Error {}

export type Address = { url: string; apiKey: string };

/** A problem that the service answered. It carries the challenge as it now stands. */
export class ProblemError extends Error {
  readonly problem: ProblemBody;

  constructor(problem: ProblemBody) {
    super(problem.title);
    this.problem = problem;
  }
}

type ProblemBody = {
  status: number;
  title: string;
  detail?: string;
  attemptsRemaining?: number;
  challenge?: ChallengeBody;
};

type Owner = { organizationId: string; userId: string };

/** What a result says, and the token of a browser that is remembered. */
export type Redeemed = {
  sub: string;
  amr: string[];
  known_device?: true;
  knownDevice: { token: string } | null;
};

export type Backend = ReturnType<typeof openBackend>;
export type Page = ReturnType<typeof openPage>;

/** The calls of a backend, with its API key. */
export function openBackend({ url, apiKey }: Address) {
  const call = caller(url, apiKey);
  return {
    saveOrganization: (id: string, body: object) => call('PUT', `/v1/organizations/${id}`, body),
    async start(login: object): Promise<Page> {
      return openPage(url, await call<ChallengeBody>('POST', '/v1/challenges', login));
    },
    redeem: (token: string, options: { rememberDevice?: boolean } = {}) =>
      call<Redeemed>('POST', '/v1/results/redeem', { token, ...options }),
    createPass: ({ organizationId, userId }: Owner, actor: string) =>
      call<{ pass: string }>(
        'POST',
        `/v1/organizations/${organizationId}/users/${userId}/passes`,
        {},
        { 'x-actor': actor },
      ),
  };
}

/** The calls of the page that the user sees, with the challenge token only. */
function openPage(url: string, challenge: ChallengeBody) {
  const call = caller(url, challenge.challengeToken ?? '');
  const post = (path: string, body: object = {}) =>
    call<ChallengeBody>('POST', `/v1/challenge${path}`, body);
  return {
    challenge,
    verify: (code: string) => post('/verify', { code }),
    usePass: (pass: string) => post('/verify', { pass }),
    resend: () => post('/code'),
    sendTo: (factorId: string) => post('/code', { factorId }),
    addFactor: (factor: object) => post('/factors', factor),
    skip: () => post('/skip'),
    logOut: () => call('DELETE', '/v1/challenge'),
  };
}

function caller(url: string, credential: string) {
  return async <T>(method: string, path: string, body?: object, more = {}): Promise<T> => {
    const headers = {
      ...more,
      authorization: `Bearer ${credential}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const answer = await send(new URL(path, url), request).catch(() => {
      throw new DemoError(`${url} does not answer any more.`);
    });
    const content = await answer.json().catch(() => null);
    if (answer.ok) return content as T;
    throw errorFor(url, answer.status, content);
  };
}

/** Sends a request again while the service cannot answer: with its key, it does nothing twice. */
async function send(url: URL, request: RequestInit, triesLeft = 5): Promise<Response> {
  const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
  if (answer.status !== 503 || triesLeft === 0) return answer;
  await delay(Number(answer.headers.get('retry-after') ?? 1) * 1_000);
  return send(url, request, triesLeft - 1);
}

const keyErrors: Record<number, string> = {
  401: 'does not know this API key: set DOUBLECHECK_API_KEY to one of its own.',
  403: 'does not let this API key do that: it needs the scopes challenges, admin and recovery.',
};

function errorFor(url: string, status: number, content: unknown): Error {
  const problem = Object(content) as ProblemBody;
  if (problem.challenge) return new ProblemError(problem);
  return new DemoError(`${url} ${keyErrors[status] ?? `answers ${status} ${problem.title}.`}`);
}
