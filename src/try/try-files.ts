import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../domain/problems.ts';
import type { App } from '../http/route.ts';
import { tryPagePolicy } from '../http/security-headers.ts';

/** `npm run prepare` makes them from the folder `page`. */
const folder = join(import.meta.dirname, '../http/generated/try');

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

export function serveTryFiles(app: App, origin: string): void {
  const hidden = { schema: { hide: true } };
  const names = new Set(readdirSync(folder));
  const read = (name: string) => readFileSync(join(folder, name));
  app.get('/try', hidden, async ({ headers }, reply) => {
    // The page that it frames is of one origin.
    if (headers.host !== new URL(origin).host) return reply.redirect(`${origin}/try`);
    return reply
      .header('content-security-policy', tryPagePolicy("'none'"))
      .type(types['html'] ?? '')
      .send(read('window.html'));
  });
  app.get('/try/panel', hidden, async (_request, reply) =>
    reply
      .removeHeader('x-frame-options')
      .header('content-security-policy', tryPagePolicy("'self'"))
      .type(types['html'] ?? '')
      .send(read('panel.html')),
  );
  app.get('/try/assets/:file', hidden, async (request, reply) => {
    const { file } = request.params as { file: string };
    const type = types[file.replace(/^.*\./, '')];
    if (!type || !names.has(file)) throw new Problem('not-found');
    return reply.type(type).send(read(file));
  });
}
