import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import Type from 'typebox';
import { Problem } from '../../domain/problems.ts';
import { problemResponses } from '../problems/problem-schema.ts';
import type { App, RouteContext } from '../route.ts';

const FiguresSchema = Type.String({ examples: ['process_cpu_seconds_total 4.21\n'] });

/** Hashed first: a comparison in constant time needs equal lengths. */
function isBearer(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

/** Labels have the route's pattern: an id would be personal, and would make a series for each user. */
export function metricsRoute(app: App, { deps, metricsToken }: RouteContext): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'doublecheck_http_request_seconds',
    help: 'How long answers took, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  app.addHook('onResponse', ({ method, routeOptions }, { statusCode, elapsedTime }, done) => {
    const route = routeOptions.url ?? 'none';
    requests.observe({ method, route, status: statusCode }, elapsedTime / 1000);
    done();
  });

  app.route({
    method: 'GET',
    url: '/metrics',
    schema: {
      operationId: 'getMetrics',
      summary: 'Figures for Prometheus',
      description:
        'In the text format of Prometheus. With `METRICS_TOKEN`, it asks for that token as a bearer.',
      tags: ['Operation'],
      response: {
        200: { description: 'Figures.', content: { 'text/plain': { schema: FiguresSchema } } },
        ...problemResponses('unauthenticated'),
      },
    },
    handler: async ({ headers }, reply) => {
      if (metricsToken && !isBearer(headers.authorization, metricsToken))
        throw new Problem('unauthenticated');
      return reply
        .type(registry.contentType)
        .send((await registry.metrics()) + (await deps.metrics.text()));
    },
  });
}
