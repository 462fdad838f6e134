import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyRequest } from 'fastify';
import type { Log } from '../domain/ports.ts';
import type { ProblemName } from '../domain/problems.ts';
import type { App } from './route.ts';

/** What becomes known only while a request is handled. */
type Notes = { challengeId?: string; problem?: ProblemName; traceId?: string };

const notes = new WeakMap<FastifyRequest, Notes>();
const current = new AsyncLocalStorage<FastifyRequest>();

/** Logs one line for each answer. Tells {@link logWithRequest} the current request. */
export function logRequests(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const [, traceId] = traceparent.exec(String(request.headers['traceparent'])) ?? [];
    if (traceId) note(request, { traceId });
    done();
  });
  // Reading a body loses the async context of earlier hooks, so it starts after that.
  app.addHook('preValidation', (request, _reply, done) => current.run(request, done));
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    const answer = { method, route: routeOptions.url, status: reply.statusCode, ms };
    const level = isWatching(routeOptions.url) ? 'debug' : 'info';
    request.log[level]({ ...fieldsOf(request), ...answer }, 'answered');
    done();
  });
}

/** Balancers and Prometheus ask every second or two. */
export function isWatching(route: string | undefined): boolean {
  return route === '/metrics' || route?.startsWith('/health/') === true;
}

/** W3C Trace Context: the trace that the caller's request is part of. */
const traceparent = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;

/** The service's log. A line within a request has the request's id. */
export function logWithRequest(log: Log): Log {
  const write = (level: keyof Log) => (context: object, message: string) => {
    const request = current.getStore();
    log[level](request ? { ...fieldsOf(request), ...context } : context, message);
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/** Adds fields to the later log lines of a request. */
export function note(request: FastifyRequest, added: Notes): void {
  notes.set(request, { ...notes.get(request), ...added });
}

/** What each line about a request has: its id, the caller, the challenge, the problem and the trace. */
export function fieldsOf(request: FastifyRequest): Notes & { reqId: string; client?: string } {
  const client = request.client?.name;
  const challengeId = request.challengeRef?.id;
  return {
    reqId: request.id,
    ...(client && { client }),
    ...(challengeId && { challengeId }),
    ...notes.get(request),
  };
}

/** The reason of a failure, in one line without a stack. */
export function reasonOf(cause: unknown): string {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  // The last line: Prisma prints the code location before it.
  return message.trim().split('\n').at(-1)?.trim().slice(0, 200) || name;
}
