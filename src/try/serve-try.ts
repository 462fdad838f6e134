import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clients } from '../domain/ports.ts';
import type { App } from '../http/route.ts';
import { type Login, type PanelSession, panelBackend } from './panel.ts';
import { openTryClient } from './try-client.ts';
import { serveTryFiles } from './try-files.ts';

type TryOptions = {
  clients: Clients;
  /** Where the browser is, without a slash at the end. */
  origin: string;
  /** Hears each code that is delivered. @returns how to stop. */
  subscribe: (listener: (delivery: object) => void) => () => void;
  stopping: AbortSignal;
};

const cookieName = 'try-session';
/** In production it is a `__Host-` cookie, which needs TLS. */
const deviceCookie = 'try-device';

/**
 * A stand-in for the Company Panel, with a phone and a Qaller beside it. It calls the API as any backend
 * does. Never in production.
 */
export function serveTry(app: App, { clients, origin, subscribe, stopping }: TryOptions): void {
  let key: Promise<string> | undefined;
  const apiKey = () => {
    key ??= openTryClient(clients, origin);
    return key;
  };
  const panel = panelBackend(app, apiKey, `${origin}/try/return`);
  const hidden = { schema: { hide: true } };
  serveTryFiles(app, origin);
  app.get('/try/events', hidden, (request, reply) => {
    streamDeliveries(request, reply, { subscribe, stopping });
  });
  app.get('/try/session', hidden, async (request, reply) => {
    const session = panel.sessionOf(sessionIdOf(request));
    if (session) rememberDevice(reply, session);
    return { session: session ? shown(session) : null, policy: await panel.policy() };
  });
  app.post('/try/login', hidden, async (request, reply) => {
    const known = cookieOf(request, deviceCookie);
    const { id, pageUrl } = await panel.logIn(request.body as Login, known);
    setCookie(reply, cookieName, id);
    return { pageUrl };
  });
  app.post('/try/logout', hidden, async (request, reply) => {
    panel.logOut(sessionIdOf(request) ?? '');
    return reply.code(204).send(null);
  });
  app.post('/try/edit', hidden, async (request) => {
    const session = panel.sessionOf(sessionIdOf(request));
    return { pageUrl: session?.amr ? await panel.edit(session) : null };
  });
  app.post('/try/policy', hidden, async (request, reply) => {
    await panel.setPolicy((request.body as { policy: string }).policy);
    return reply.code(204).send(null);
  });
  app.get('/try/return', hidden, async (request, reply) => {
    const { challenge = '', proof = '' } = request.query as Record<string, string | undefined>;
    const id = sessionIdOf(request) ?? '';
    const session = panel.sessionOf(id);
    if (session && challenge === session.editId) {
      if (await panel.endEdit(session)) panel.logOut(id);
    } else if (session) await panel.comeBack(session, challenge, proof);
    return reply.redirect('/try/panel');
  });
}

const sessionIdOf = (request: FastifyRequest) => cookieOf(request, cookieName);

function cookieOf({ headers }: FastifyRequest, name: string): string | undefined {
  return new RegExp(`(?:^|; )${name}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1];
}

function setCookie(reply: FastifyReply, name: string, value: string): void {
  reply.header('set-cookie', `${name}=${value}; Path=/try; HttpOnly; SameSite=Lax`);
}

/** The token goes into a cookie that no script of the panel reads. */
function rememberDevice(reply: FastifyReply, session: PanelSession): void {
  if (session.knownDevice) setCookie(reply, deviceCookie, session.knownDevice);
  session.knownDevice = null;
}

function shown({ userId, app, language, amr }: PanelSession) {
  return { userId, app, language, amr };
}

/** Server-sent events: each code as it is delivered. */
function streamDeliveries(
  request: FastifyRequest,
  reply: FastifyReply,
  { subscribe, stopping }: Pick<TryOptions, 'subscribe' | 'stopping'>,
): void {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  reply.raw.write(': listening\n\n');
  const stop = subscribe((delivery) => {
    reply.raw.write(`data: ${JSON.stringify(delivery)}\n\n`);
  });
  const end = () => {
    stop();
    reply.raw.end();
  };
  request.raw.once('close', end);
  stopping.addEventListener('abort', end, { once: true });
}
