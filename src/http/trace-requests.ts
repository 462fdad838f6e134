import type { FastifyRequest } from 'fastify';
import type { RequestSpan, Tracing } from '../domain/ports.ts';
import { fieldsOf, isWatching, note } from './request-log.ts';
import type { App } from './route.ts';

/** A span for each request, whose trace id is also in its log lines. */
export function traceRequests(app: App, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions } = request;
    const { url: route } = routeOptions;
    if (isWatching(route)) return done();
    const traceparent = headers['traceparent']?.toString();
    const span = tracing.request({ method, route, traceparent });
    spans.set(request, span);
    note(request, { traceId: span.traceId });
    // Fastify keeps the async context while it reads a body.
    span.within(done);
  });
  app.addHook('onResponse', (request, { statusCode: status }, done) => {
    const { problem, challengeId } = fieldsOf(request);
    spans.get(request)?.end({ status, problem, challengeId });
    done();
  });
}
