import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Attempt, Body, Call, Op } from './history.ts';
import { isUnsure, problemOf } from './history.ts';
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
  report?: Call['report'];
};

export type Recorder = ReturnType<typeof recorder>;

/** Sends requests to the replicas, and keeps how each ended. */
export function recorder({ fleet }: World) {
  const calls: Call[] = [];

  /** One that runs; one that is frozen does run, as far as anybody can see. */
  const replicaFor = async (chances: Chances) => {
    await fleet.untilUp(1);
    return chances.oneOf(fleet.up());
  };

  /** Sends it, mostly with a key; and, where its answer is lost, mostly again. */
  const call = async (request: Request, chances: Chances): Promise<Answer | null> => {
    const keyed = takesKey(request) && chances.happens(0.85);
    const wanted = newCall(calls.length, request, keyed ? randomUUID() : null);
    calls.push(wanted);
    for (;;) {
      const attempt = await once(await replicaFor(chances), request, wanted, fleet.urlOf);
      const told = attempt.answer;
      wanted.challengeId ??= begun(request.op, told);
      const stuck = isUnsure(attempt) || problemOf(attempt) === 'request-in-progress';
      const curious = told !== null && !stuck && chances.happens(0.06);
      if (!stuck && !curious) return told;
      if (wanted.attempts.length > 3 || chances.happens(0.2)) return told;
      if (!wanted.key) return stuck ? call(request, chances) : told;
      await delay(chances.between(50, 500));
    }
  };
  return { calls, call };
}

/** Requests whose answers are stored for a repetition. */
function takesKey({ method, path }: Request): boolean {
  return method === 'POST' && /^\/v1\/(challenge|results)/.test(path);
}

function newCall(id: number, request: Request, key: string | null): Call {
  const { op, userId, challengeId = null, body, report = null } = request;
  const code = op === 'verify' ? String((body as Body | undefined)?.['code']) : null;
  return { id, op, key, userId, challengeId, code, report, attempts: [] };
}

/** The challenge that an answer says has begun. */
function begun(op: Op, answer: Answer | null): string | null {
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
