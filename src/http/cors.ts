import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a challenge token opens. */
const opened = /^\/v1\/challenge(\/|$)/;

const exposed = [
  'ETag',
  'Idempotency-Replayed',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
];

const preflight = {
  'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
  'access-control-allow-headers':
    'Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id',
  'access-control-max-age': '600',
};

/** For routes that are added later. Pages of these origins call nothing that takes an API key, and send no cookies. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allow = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('vary', 'Origin');
    const { origin = '', 'access-control-request-method': asked } = request.headers;
    if (!origins.includes(origin)) return;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', exposed.join(', '));
    if (request.method !== 'OPTIONS' || asked === undefined) return;
    return reply.headers(preflight).code(204).send();
  };
  app.addHook('onRoute', (route) => {
    // Before credentials are asked for: a preflight has none, and a refusal must be readable.
    if (opened.test(route.url)) route.onRequest = [allow, route.onRequest ?? []].flat();
  });
}
