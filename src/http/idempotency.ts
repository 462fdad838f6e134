import { hash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import Type, { type TObject } from 'typebox';
import { claimedForMs } from '../domain/limits.ts';
import type {
  IdempotencyClaim,
  IdempotencyState,
  IdempotencyStore,
  StoredResponse,
} from '../domain/ports.ts';
import { Problem, type ProblemName } from '../domain/problems.ts';
import { second } from '../domain/time.ts';
import { withProblems } from './problems/problem-schema.ts';
import { fieldsOf } from './request-log.ts';
import type { App } from './route.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Identifies the attempt: the same when a request is repeated with its key. */
    attempt: string | null;
    /** A new id, which the request gets again when it is sent again with its key after a failure. */
    firstAttempt: string | null;
    /** The claim on the key, until the request is answered. It may be unknown whether it is held. */
    claim: IdempotencyClaim | null;
  }
}

const header = 'idempotency-key';

const KeySchema = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[\\x21-\\x7e]+$',
    description:
      'Any text of the caller’s own, new for each new request. The same request again within 10 ' +
      'minutes gets the first one’s answer, with `Idempotency-Replayed: true`. After a 5xx it does ' +
      'what is left of the work: a call that was placed is not placed again.',
    examples: ['8c0f2f0a-6b0d-4c58-9d53-0d1b8f6f2a11'],
  }),
);

/** The time limit for storing an answer. It usually takes a millisecond. */
const storeWaitMs = 200;
const tryAgainMs = 100;

const takesKey = /^\/v1\/(challenge|results)/;

/** Refusals that used up a guess or a code. */
const charging = new Set<string>(
  (
    ['code-incorrect', 'attempts-exhausted', 'locked', 'factor-exists', 'too-many-factors'] as const
  ).map((name: ProblemName) => `/problems/${name}`),
);

/** Any replica repeats the answer. Failures, and refusals that cost nothing, are not stored: a retry does the work. */
export function storeAnswers(app: App, idempotency: IdempotencyStore): void {
  app.decorateRequest('attempt', null);
  app.decorateRequest('firstAttempt', null);
  app.decorateRequest('claim', null);
  app.addHook('onRoute', (route) => {
    if (route.method !== 'POST' || !takesKey.test(route.url)) return;
    describe(route);
    route.preHandler = [route.preHandler ?? []]
      .flat()
      .concat((request, reply) => claim(idempotency, request, reply));
    route.onSend = (request, reply, payload) => conclude(idempotency, request, reply, payload);
  });
}

/** By the idempotency key, or else by the request itself. */
export function attemptOf({ attempt }: FastifyRequest): string {
  return attempt ?? randomUUID();
}

/** An id that is new 10 minutes later: for what outlives the key, and must not be found again then. */
export function firstAttemptOf({ firstAttempt }: FastifyRequest): string {
  return firstAttempt ?? randomUUID();
}

function describe(route: RouteOptions): void {
  const { headers, response, ...schema } = route.schema ?? {};
  const properties = (headers as TObject | undefined)?.properties ?? {};
  route.schema = {
    ...schema,
    headers: Type.Object({ ...properties, [header]: KeySchema }),
    response: withProblems(response, 'request-in-progress', 'idempotency-key-reused'),
  };
}

async function claim(idempotency: IdempotencyStore, request: FastifyRequest, reply: FastifyReply) {
  const given = request.headers[header];
  if (typeof given !== 'string') return;
  const key = digest([callerOf(request), given]);
  request.attempt = key;
  const challengeId = request.challengeRef?.id ?? null;
  const mine = { key, attemptId: randomUUID(), challengeId };
  request.claim = mine;
  const asked = JSON.stringify([request.url, request.body ?? {}]);
  // The challenge is read after this: an earlier attempt may have changed it until it ended its claim.
  const claiming = claimTwice(() => idempotency.claim(mine, asked));
  const known = await bothDone(claiming, request.challengeRef?.admitted);
  if (known.state === 'claimed') {
    request.firstAttempt = known.first;
    return;
  }
  request.claim = null;
  if (known.state === 'answered') return replay(reply, known);
  if (known.state === 'other-body') throw new Problem('idempotency-key-reused');
  throw new Problem('request-in-progress', { retryAfterMs: untilNextTry(known.retryAfterMs) });
}

/** As long again as the first has been under way: most end soon, and a dead one's claim ends by itself. */
function untilNextTry(claimEndsInMs: number): number {
  return Math.max(second, Math.min(claimedForMs - claimEndsInMs, claimEndsInMs));
}

/** The reply may be lost: then the same attempt finds its own claim. */
async function claimTwice(ask: () => Promise<IdempotencyState>): Promise<IdempotencyState> {
  return ask().catch((thrown: unknown) => {
    if (!Problem.is(thrown, 'unavailable')) throw thrown;
    return ask();
  });
}

/** Nothing may claim any more when the claim is ended, so a refusal waits for the claim. */
async function bothDone<T>(claiming: Promise<T>, admitted?: Promise<void>): Promise<T> {
  await Promise.allSettled([claiming, admitted]);
  await admitted;
  return claiming;
}

/** A key belongs to its caller, so callers never share keys. */
function callerOf({ client, challengeRef, deniedCode }: FastifyRequest): string {
  if (client) return `client ${client.name}`;
  if (challengeRef) return `challenge ${challengeRef.id}`;
  if (deniedCode) return `denial ${deniedCode.codeId}`;
  throw new Problem('unauthenticated');
}

function digest(parts: string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

function replay(reply: FastifyReply, { answer, ageMs }: IdempotencyState & { state: 'answered' }) {
  const { status, contentType, retryAfterSeconds, body } = answer;
  if (contentType) reply.type(contentType);
  if (retryAfterSeconds !== null)
    reply.header('retry-after', Math.max(0, retryAfterSeconds - Math.floor(ageMs / 1000)));
  return reply.header('idempotency-replayed', 'true').code(status).send(body);
}

/** Before the answer leaves: a caller who has it can rely on it. */
async function conclude(
  idempotency: IdempotencyStore,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const { claim: mine } = request;
  request.claim = null;
  if (!mine) return;
  const ended = untilDone(endOf(idempotency, mine, request, reply, payload)).catch(
    (err: unknown) => {
      // The claim ends by itself; then a retry does the work. A store that is away has a line of its own.
      const level = Problem.is(err, 'unavailable') ? 'debug' : 'warn';
      request.log[level]({ ...fieldsOf(request), err }, 'the idempotency claim could not be ended');
    },
  );
  await Promise.race([ended, delay(storeWaitMs, undefined, { ref: false })]);
}

/** A failure may have done a part of the work, and a refusal has done nothing. */
function endOf(
  idempotency: IdempotencyStore,
  mine: IdempotencyClaim,
  { firstAttempt }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): () => Promise<void> {
  if (isWorthStoring(reply, payload))
    return () => idempotency.complete(mine, answerOf(reply, payload));
  const didNothing = reply.statusCode < 500 && firstAttempt === mine.attemptId;
  return () => (didNothing ? idempotency.forget(mine) : idempotency.release(mine));
}

/** The store may be away for a moment, and a retry must not hear "under way" because of that. */
async function untilDone(end: () => Promise<void>): Promise<void> {
  for (let left = claimedForMs / tryAgainMs; left > 1; left -= 1) {
    const done = await end().then(
      () => true,
      () => false,
    );
    if (done) return;
    await delay(tryAgainMs, undefined, { ref: false });
  }
  await end();
}

function isWorthStoring({ statusCode }: FastifyReply, payload: unknown): boolean {
  if (statusCode < 400) return true;
  return statusCode < 500 && charging.has(JSON.parse(String(payload)).type);
}

function answerOf(reply: FastifyReply, payload: unknown): StoredResponse {
  const contentType = reply.getHeader('content-type');
  const retryAfter = reply.getHeader('retry-after');
  return {
    status: reply.statusCode,
    contentType: contentType === undefined ? null : String(contentType),
    retryAfterSeconds: retryAfter === undefined ? null : Number(retryAfter),
    body: typeof payload === 'string' ? payload : '',
  };
}
