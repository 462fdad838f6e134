import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyRequest } from 'fastify';
import type { Log } from '../domain/ports.ts';
import type { ProblemName } from '../domain/problems.ts';
import type { App } from './route.ts';

/** What is known of a request only after it has been read. */
type Notes = { challengeId?: string; problem?: ProblemName };

const notes = new WeakMap<FastifyRequest, Notes>();
const current = new AsyncLocalStorage<FastifyRequest>();

/** Logs one line for each answer, and lets {@link logWithRequest} know whose request it is. */
export function logRequests(app: App): void {
  // Reading a body leaves the context of earlier hooks, so it begins after that.
  app.addHook('preValidation', (request, _reply, done) => current.run(request, done));
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    const answer = { method, route: routeOptions.url, status: reply.statusCode, ms };
    request.log.info({ ...answer, ...fieldsOf(request) }, 'answered');
  });
}

/** The log of the service; a line that belongs to a request says to which. */
export function logWithRequest(log: Log): Log {
  const write = (level: keyof Log) => (context: object, message: string) => {
    const request = current.getStore();
    const fields = request && { reqId: request.id, ...fieldsOf(request) };
    log[level]({ ...fields, ...context }, message);
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/** Adds to the later log lines of a request. */
export function note(request: FastifyRequest, added: Notes): void {
  notes.set(request, { ...notes.get(request), ...added });
}

/** Who asked, about which challenge, and the problem that was answered. */
export function fieldsOf(request: FastifyRequest): object {
  const client = request.client?.name;
  const challengeId = request.challengeRef?.id;
  return {
    ...(client && { client }),
    ...(challengeId && { challengeId }),
    ...notes.get(request),
  };
}

/** Why something failed, in one line without a stack. */
export function reasonOf(cause: unknown): string {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  // The last line: Prisma puts the place in its code before it.
  return message.trim().split('\n').at(-1)?.trim().slice(0, 200) || name;
}
