import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../domain/problems.ts';
import type { ClientSites } from './credentials/client-sites.ts';
import type { App } from './route.ts';
import { twoFactorPagePolicy } from './security-headers.ts';

/** `npm run prepare` makes it from the folder `page`. */
const folder = join(import.meta.dirname, 'generated/page');

type PageFile = { plain: Buffer; gzipped: Buffer; type: string };

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/**
 * The 2FA page. The client in its path says who may frame it; the page refuses a challenge of another
 * client. It does not see the token, which is in the fragment.
 */
export function servePage(app: App, sites: ClientSites): void {
  const hidden = { schema: { hide: true } };
  let files: ReadonlyMap<string, PageFile> | undefined;
  const fileOf = (name: string) => {
    files ??= readFiles();
    return files.get(name);
  };
  app.get('/2fa', hidden, async (_request, reply) => reply.redirect('2fa/', 308));
  app.get('/2fa/assets/:file', hidden, async (request, reply) => {
    const { file: name } = request.params as { file: string };
    const file = name.endsWith('.html') ? undefined : fileOf(name);
    if (!file) throw new Problem('not-found');
    return sendFile(request, reply, file);
  });
  for (const url of ['/2fa/', '/2fa/:client'])
    app.get(url, hidden, async (request, reply) => {
      const { client = '' } = request.params as { client?: string };
      const { lang } = request.query as { lang?: unknown };
      const file = fileOf(`${lang}.html`) ?? fileOf('en.html');
      if (!file) throw new Problem('not-found');
      allowFraming(reply, await framersOf(request, sites, client));
      return sendFile(request, reply, file);
    });
}

function readFiles(): ReadonlyMap<string, PageFile> {
  const names = readdirSync(folder);
  return new Map(
    names.map((name) => {
      const plain = readFileSync(join(folder, name));
      const type = types[name.replace(/^.*\./, '')] ?? 'application/octet-stream';
      return [name, { plain, gzipped: gzipSync(plain, { level: 9 }), type }];
    }),
  );
}

/** Without an answer of the database, nobody may frame it. */
async function framersOf({ log }: FastifyRequest, sites: ClientSites, client: string) {
  return sites.framersOf(client).catch((err: unknown) => {
    log.warn({ err }, 'nobody may frame the page: the origins are not known');
    return [];
  });
}

function allowFraming(reply: FastifyReply, framers: string[]): void {
  reply.header('content-security-policy', twoFactorPagePolicy(framers));
  // It knows no origins, and browsers look at the policy first.
  if (framers.length > 0) reply.removeHeader('x-frame-options');
}

function sendFile({ headers }: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  reply.type(file.type).header('vary', 'accept-encoding');
  const gzip = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  return gzip
    ? reply.header('content-encoding', 'gzip').send(file.gzipped)
    : reply.send(file.plain);
}
