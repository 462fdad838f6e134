import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ProblemError, toProblem, UnreachableError } from './problem.ts';
import { version } from './version.ts';

export type Options = {
  /** Where the service is: `https://2fa.example`. */
  url: string;
  /** `dck_…`, or `dct_…` for test mode. Keep it on the backend. */
  apiKey: string;
  /** For one try of a call. */
  timeoutMs?: number;
  /** How often a call that can be repeated safely is tried. */
  tries?: number;
};

export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** The API key, unless a challenge token is given. */
  bearer?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** A POST of a login takes one: then it can be repeated. Made here unless given. */
  idempotencyKey?: string | undefined;
  takesKey?: boolean;
  /** How long the service may hold the answer. */
  holdMs?: number;
};

export type Answer = { status: number; headers: Headers; body: unknown };

export type Transport = (call: Call) => Promise<Answer>;

const longestPauseMs = 5_000;

/** Repeats what was lost, with the same idempotency key: no second call, no second guess. */
export function openTransport({ url, apiKey, timeoutMs = 10_000, tries = 3 }: Options): Transport {
  const base = url.replace(/\/+$/, '');
  return async (call) => {
    const request = requestOf(call, apiKey);
    const repeatable = call.method !== 'POST' || call.takesKey === true;
    const limitMs = timeoutMs + (call.holdMs ?? 0);
    for (let left = repeatable ? tries : 1; ; left -= 1) {
      const outcome = await attempt(base + call.path, request, limitMs);
      const again = pauseOf(outcome, tries - left);
      if (again === null || left <= 1) return answerOf(outcome);
      await delay(again);
    }
  };
}

function requestOf(
  { method, bearer, body, headers, idempotencyKey, takesKey }: Call,
  apiKey: string,
) {
  return {
    method,
    headers: {
      authorization: `Bearer ${bearer ?? apiKey}`,
      'user-agent': `doublecheck-client-typescript/${version}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(takesKey && { 'idempotency-key': idempotencyKey ?? randomUUID() }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'error' as const,
  };
}

type Outcome = Answer | { lost: unknown };

async function attempt(url: string, request: RequestInit, limitMs: number): Promise<Outcome> {
  try {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(limitMs) });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: parsed(text) };
  } catch (lost) {
    return { lost };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Milliseconds until the next try. Null: the answer stands. */
function pauseOf(outcome: Outcome, triesBefore: number): number | null {
  const backoff = 200 * 2 ** triesBefore * (0.5 + Math.random());
  if ('lost' in outcome) return backoff;
  const { status, headers, body } = outcome;
  const underWay = status === 409 && Object(body).type === '/problems/request-in-progress';
  // 502 says that a code could not be delivered: whether to try again is for the user to choose.
  if (status !== 500 && status !== 503 && status !== 504 && !underWay) return null;
  const asked = Number(headers.get('retry-after')) * 1000;
  return Math.min(asked || backoff, longestPauseMs);
}

function answerOf(outcome: Outcome): Answer {
  if ('lost' in outcome)
    throw new UnreachableError('Doublecheck did not answer', { cause: outcome.lost });
  const { status, headers, body } = outcome;
  if (status < 400) return outcome;
  throw new ProblemError(toProblem(status, headers.get('retry-after'), body));
}
