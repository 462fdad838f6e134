import { readFile } from 'node:fs/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { Problem } from '../domain/problems.ts';
import { fitToScreen, pageLook } from './api-page-look.ts';
import type { App } from './route.ts';
import { apiPagePolicy } from './security-headers.ts';

/** `npm run prepare` makes it from openapi.yaml. */
const file = new URL('generated/openapi.json', import.meta.url);

const passedOn = ['content-type', 'content-security-policy', 'location'];

/** The API's description, and a page to read it. Few ask for them, so both are loaded when asked for. */
export function serveApiPage(app: App): void {
  const hidden = { schema: { hide: true } };
  app.get('/openapi.json', hidden, async (_request, reply) =>
    reply.type('application/json').send(await readFile(file)),
  );
  let page: Promise<FastifyInstance> | undefined;
  for (const url of ['/docs', '/docs/*'])
    app.get(url, hidden, async (request, reply) => {
      page ??= openPage();
      const answer = await (await page).inject({ url: request.url });
      if (answer.statusCode === 404) throw new Problem('not-found');
      for (const name of passedOn) {
        const value = answer.headers[name];
        if (value !== undefined) reply.header(name, value);
      }
      const isPage = String(answer.headers['content-type']).startsWith('text/html');
      return reply
        .code(answer.statusCode)
        .send(isPage ? fitToScreen(answer.payload) : answer.rawPayload);
    });
}

async function openPage(): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }, text] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
    readFile(file, 'utf8'),
  ]);
  const page = Fastify();
  page.register(swagger, { mode: 'static', specification: { document: JSON.parse(text) } });
  page.register(swaggerUi, { routePrefix: '/docs', staticCSP: apiPagePolicy, ...pageLook });
  return page;
}
