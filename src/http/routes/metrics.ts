import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import Type from 'typebox';
import type { App, RouteContext } from '../route.ts';

const FiguresSchema = Type.String({ examples: ['process_cpu_seconds_total 4.21\n'] });

/** Labels have the route's pattern: an id would be personal, and would make a series for each user. */
export function metricsRoute(app: App, { deps }: RouteContext): void {
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
      description: 'In the text format of Prometheus.',
      tags: ['Operation'],
      response: {
        200: { description: 'Figures.', content: { 'text/plain': { schema: FiguresSchema } } },
      },
    },
    handler: async (_request, reply) =>
      reply
        .type(registry.contentType)
        .send((await registry.metrics()) + (await deps.metrics.text())),
  });
}
