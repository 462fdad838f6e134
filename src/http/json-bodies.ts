import type { FastifyInstance } from 'fastify';

/** An empty body becomes an empty object, so that errors can name the missing fields. */
export function acceptJson(app: FastifyInstance, contentType: string): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(contentType, { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, {}) : parse(request, body as string, done),
  );
}
