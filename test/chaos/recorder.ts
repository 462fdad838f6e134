import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Attempt, Body, Call, Op } from './history.ts';
import { isDefinite } from './history.ts';
import type { Chances } from './random.ts';
import type { World } from './world.ts';

/** What somebody wants done. */
export type Request = {
  op: Op;
  method: string;
  path: string;
  userId: string;
  challengeId?: string | null;
  bearer?: string;
  body?: object;
  /** In place of a body of ours. */
  payload?: string;
  headers?: Record<string, string>;
  confirms?: string | null;
  report?: Call['report'];
};

export type Recorder = ReturnType<typeof recorder>;

export type Sending = {
  /** Where a load balancer listens; without one, callers choose a replica themselves. */
  through?: string;
  /** Every request that takes a key has one, and is sent again until it is known what became of it. */
  insists?: boolean;
};

/** Longer than the claim of a replica that died lasts on a request. */
const settleMs = 21_000;

/** Sends requests to the replicas, and keeps how each ended. */
export function recorder({ fleet }: Pick<World, 'fleet'>, { through, insists }: Sending = {}) {
  const calls: Call[] = [];
  const watchers = new Set<(call: Call, attempt: Attempt) => void>();
  const urlOf = (replica: number) => through ?? fleet.urlOf(replica);

  /** One that runs; one that is frozen does run, as far as anybody can see. */
  const replicaFor = async (chances: Chances) => {
    await fleet.untilUp(1);
    return chances.oneOf(fleet.up());
  };

  /** Sends it, mostly with a key; and, where its answer is lost, mostly again. */
  const call = async (request: Request, chances: Chances): Promise<Answer | null> => {
    const keyed = takesKey(request) && (insists || chances.happens(0.85));
    const wanted = newCall(calls.length, request, keyed ? randomUUID() : null);
    calls.push(wanted);
    for (;;) {
      const attempt = await once(await replicaFor(chances), request, wanted, urlOf);
      const answer = attempt.answer;
      wanted.challengeId ??= startedChallenge(request.op, answer);
      for (const watch of [...watchers]) watch(wanted, attempt);
      const stuck = !isDefinite(attempt);
      const curious = answer !== null && !stuck && chances.happens(0.06);
      if (!stuck && !curious) return answer;
      const keepsOn = insists && wanted.key && Date.now() < retryUntil(wanted);
      if (!keepsOn && (wanted.attempts.length > 3 || chances.happens(0.2))) return answer;
      if (!wanted.key) return stuck ? call(request, chances) : answer;
      await delay(chances.between(50, 500));
    }
  };

  /** The replica of the next attempt that fits. */
  const next = (fits: (call: Call, attempt: Attempt) => boolean): Promise<number> =>
    new Promise((resolve) => {
      const watch = (call: Call, attempt: Attempt) => {
        if (!fits(call, attempt)) return;
        watchers.delete(watch);
        resolve(attempt.replica);
      };
      watchers.add(watch);
    });
  return { calls, call, next };
}

/** Until when a call is sent again: a retry that is itself lost or fails may have to be waited for, too. */
function retryUntil({ attempts }: Call): number {
  const lost = attempts.findLast(({ answer }) => !answer || answer.status >= 500) ?? attempts[0];
  return (lost?.endedAt ?? 0) + settleMs;
}

/** Requests whose answers are stored for a repetition. */
function takesKey({ method, path }: Request): boolean {
  return method === 'POST' && /^\/v1\/(challenge|results)/.test(path);
}

function newCall(id: number, request: Request, key: string | null): Call {
  const { op, userId, challengeId = null, body, report = null, confirms = null } = request;
  const code = op === 'verify' ? String((body as Body | undefined)?.['code']) : null;
  const knownDevice = body !== undefined && 'knownDevice' in body;
  const about = { userId, challengeId, code, knownDevice, confirms, report };
  return { id, op, key, ...about, attempts: [] };
}

/** The challenge that an answer says has begun. */
function startedChallenge(op: Op, answer: Answer | null): string | null {
  const starts = op === 'start' || op === 'add';
  return starts && answer?.status === 201 ? String(answer.body['id']) : null;
}

async function once(
  replica: number,
  request: Request,
  wanted: Call,
  urlOf: (replica: number) => string,
): Promise<Attempt> {
  const startedAt = Date.now();
  const heard = await send(urlOf(replica), request, wanted.key).catch(() => null);
  const { answer = null, replayed = false } = heard ?? {};
  const attempt = { startedAt, endedAt: Date.now(), replica, answer, replayed };
  wanted.attempts.push(attempt);
  return attempt;
}

/** Nobody waits longer for an answer. */
const slowWorkMs = 12_000;

async function send(url: string, request: Request, key: string | null) {
  const { method, path, bearer, body, payload, headers } = request;
  const content = payload ?? (body && JSON.stringify(body));
  const response = await fetch(url + path, {
    method,
    signal: AbortSignal.timeout(slowWorkMs),
    headers: {
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...(key && { 'idempotency-key': key }),
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(content && { body: content }),
  });
  const text = await response.text();
  const answer = { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
  return { answer, replayed: response.headers.has('idempotency-replayed') };
}
