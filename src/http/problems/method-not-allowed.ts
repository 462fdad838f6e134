import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from '../../domain/problems.ts';

const methods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** @returns a function that answers all other methods with 405 and `Allow`. Call it last. */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const taken = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = taken.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    taken.set(url, known);
  });
  return () => {
    const ours = [...taken].filter(([url]) =>
      /^\/(v1\/|health\/|problems|metrics|openapi|(test\/)?\.well-known\/)/.test(url),
    );
    for (const [url, known] of ours) refuse(app, url, new Set(known));
  };
}

function refuse(app: FastifyInstance, url: string, known: ReadonlySet<string>): void {
  const others = methods.filter((method) => !known.has(method));
  app.route({
    url,
    method: others,
    schema: { hide: true },
    onRequest: async (_request, reply) => {
      reply.header('allow', [...known].join(', '));
      throw new Problem('method-not-allowed');
    },
    handler: () => undefined,
  });
}
