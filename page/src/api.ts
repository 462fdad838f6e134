import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';

export type { ChallengeBody };

/** What the page reads of a problem (RFC 9457). */
export type ProblemBody = { type: string; attemptsRemaining?: number; challenge?: ChallengeBody };

export type Call = { method: 'GET' | 'POST' | 'PATCH' | 'DELETE'; path: string; body?: object };

export type Answer =
  | { kind: 'ok'; body: unknown; etag: string | null }
  | { kind: 'problem'; problem: ProblemBody; retryAfterMs: number | null }
  /** It may have done its work, or not. */
  | { kind: 'lost' };

type Asked = { etag?: string | null; key?: string; signal?: AbortSignal };

const api = new URL('../v1/challenge', document.baseURI);

/** Where the API is, seen from `/2fa/CLIENT`: a proxy may put a path before both. */
const addressOf = (path: string) => `${api.pathname}${path}`;

/** Asks the service with the challenge token. Never rejects. */
export async function ask(token: string, call: Call, asked: Asked = {}): Promise<Answer> {
  const { etag, key, signal } = asked;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(call.body && { 'content-type': 'application/json' }),
    ...(etag && { 'if-none-match': etag }),
    ...(key && { 'idempotency-key': key }),
  };
  try {
    const response = await fetch(addressOf(call.path), {
      method: call.method,
      headers,
      ...(call.body && { body: JSON.stringify(call.body) }),
      ...(signal && { signal }),
    });
    return await read(response);
  } catch {
    return { kind: 'lost' };
  }
}

async function read(response: Response): Promise<Answer> {
  const { status, ok, headers } = response;
  const etag = headers.get('etag');
  if (status === 204 || status === 304) return { kind: 'ok', body: null, etag };
  const body: unknown = await response.json();
  if (ok) return { kind: 'ok', body, etag };
  const problem = body as ProblemBody;
  const seconds = headers.get('retry-after');
  // Our own 502 says that a code was not delivered. A proxy's has no problem in it.
  if (status >= 500 && nameOf(problem) !== 'delivery-failed') return { kind: 'lost' };
  return {
    kind: 'problem',
    problem,
    retryAfterMs: seconds === null ? null : Number(seconds) * 1000,
  };
}

/** `code-incorrect` of `/problems/code-incorrect`. */
export function nameOf({ type }: ProblemBody): string {
  return String(type).replace(/^.*\//, '');
}

const pausesMs = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Sends a change, again and again when its answer is lost. The key is the same each time: the work is done
 * once, and its answer is not lost for good.
 */
export async function send(token: string, call: Call): Promise<Answer> {
  const key = call.method === 'POST' ? { key: randomKey() } : {};
  let answer = await ask(token, call, key);
  for (const pauseMs of pausesMs) {
    const underWay = answer.kind === 'problem' && nameOf(answer.problem) === 'request-in-progress';
    if (answer.kind !== 'lost' && !underWay) return answer;
    await pause(answer.kind === 'problem' ? (answer.retryAfterMs ?? pauseMs) : pauseMs);
    answer = await ask(token, call, key);
  }
  return answer;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** 128 random bits. `crypto.randomUUID` is missing on a page without TLS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
