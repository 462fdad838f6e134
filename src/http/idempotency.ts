import { createHash, randomUUID } from 'node:crypto';
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
import { Problem } from '../domain/problems.ts';
import { second } from '../domain/time.ts';
import type { App } from './context.ts';
import { withProblems } from './problem-schema.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What names this attempt: the same for a request that is sent again with its key. */
    attempt: string | null;
    /** The claim on the key, while the request is being answered. */
    begun: IdempotencyClaim | null;
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
      'minutes gets the first one’s answer, with `Idempotency-Replayed: true`.',
  }),
);

/** How long an answer waits to be kept, which takes a millisecond where all is well. */
const slowWorkMs = 200;
const tryAgainMs = 500;

const takesKey = /^\/v1\/(challenge|results)/;

/**
 * Every POST that begins, moves or ends a challenge may be sent again: what was answered is answered
 * again, on any replica. A 5xx is not kept, nor is what only asks to wait: then the work is done.
 */
export function storeAnswers(app: App, requests: IdempotencyStore): void {
  app.decorateRequest('attempt', null);
  app.decorateRequest('begun', null);
  app.addHook('onRoute', (route) => {
    if (route.method !== 'POST' || !takesKey.test(route.url)) return;
    describe(route);
    route.preHandler = [route.preHandler ?? []]
      .flat()
      .concat((request, reply) => claim(requests, request, reply));
    route.onSend = (request, reply, payload) => conclude(requests, request, reply, payload);
  });
}

/** What names the attempt that a request is: its key, or else itself. */
export function attemptOf({ attempt }: FastifyRequest): string {
  return attempt ?? randomUUID();
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

async function claim(requests: IdempotencyStore, request: FastifyRequest, reply: FastifyReply) {
  const given = request.headers[header];
  if (typeof given !== 'string') return;
  const key = digest([holderOf(request), given]);
  const begun = { key, by: randomUUID() };
  request.attempt = key;
  const known = await requests.begin(begun, JSON.stringify([request.url, request.body ?? {}]));
  if (known.state === 'answered') return replay(reply, known);
  if (known.state === 'other-body') throw new Problem('idempotency-key-reused');
  if (known.state === 'under-way') {
    const { retryAfterMs } = known;
    throw new Problem('request-in-progress', { retryAfterMs: Math.max(second, retryAfterMs) });
  }
  request.begun = begun;
}

/** Keys are the holder's own: nobody meets another's. */
function holderOf({ client, challengeRef }: FastifyRequest): string {
  if (client) return `client ${client.name}`;
  if (challengeRef) return `challenge ${challengeRef.id}`;
  throw new Problem('unauthenticated');
}

function digest(parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

function replay(reply: FastifyReply, { answer, ageMs }: IdempotencyState & { state: 'answered' }) {
  const { status, contentType, retryAfterSeconds, body } = answer;
  if (contentType) reply.type(contentType);
  if (retryAfterSeconds !== null)
    reply.header('retry-after', Math.max(0, retryAfterSeconds - Math.floor(ageMs / 1000)));
  return reply.header('idempotency-replayed', 'true').code(status).send(body);
}

/** Before the answer leaves, so that whoever heard it finds it kept. */
async function conclude(
  requests: IdempotencyStore,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const { begun } = request;
  request.begun = null;
  if (!begun) return;
  const end = isPassing(reply)
    ? () => requests.abandon(begun)
    : () => requests.finish(begun, answerOf(reply, payload));
  const ended = untilDone(end).catch((err: unknown) => {
    // The claim ends by itself; then a retry does the work.
    request.log.warn({ err }, 'the answer could not be kept');
  });
  await Promise.race([ended, delay(slowWorkMs, undefined, { ref: false })]);
}

/** The store may be away for a moment, and the caller should not hear "under way" for that. */
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

function isPassing(reply: FastifyReply): boolean {
  const { statusCode } = reply;
  return statusCode >= 500 || (statusCode === 409 && reply.hasHeader('retry-after'));
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
