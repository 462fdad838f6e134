import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AgentOptions, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';

/** A request as it arrived. */
export type Received = {
  method: string;
  host: string;
  path: string;
  headers: IncomingMessage['headers'];
  text: string;
  /** When it was all there. */
  at: number;
};

export type Answer = { status: number; headers?: Record<string, string>; body: string };

/** How a provider can fail: an HTTP status with its usual body, or in a way of its own. */
export type Failure =
  | 400
  | 401
  | 404
  | 429
  | 500
  | 503
  /** Takes the request and never answers. */
  | 'hang'
  /** Answers a byte at a time, and never ends. */
  | 'drip'
  /** Takes the request and closes the connection. */
  | 'drop'
  /** 200, and a page for people. */
  | 'html'
  /** 200, and JSON that says nothing. */
  | 'empty'
  /** 200, and megabytes. */
  | 'huge'
  | 'redirect';

type Connection = { socket: TLSSocket; resumed: boolean };

type TlsServer = {
  connection: AgentOptions & { port: number };
  /** All that clients have made, in that order. */
  connections: Connection[];
  /** Resolves when this holds. It is looked at again whenever a request has come. */
  until(holds: () => boolean): Promise<void>;
  close(): Promise<void>;
};

/** A private key for tests alone: of the servers' certificate and of Google's service account. */
export const testOnlyKey = readFileSync(new URL('./test-only-key.pem', import.meta.url), 'utf8');
const certificate = readFileSync(new URL('./test-only-certificate.pem', import.meta.url), 'utf8');

/**
 * A server on loopback. A client with `connection` as its agent's options reaches it for any host.
 * The certificate names the providers' hosts, and only that agent trusts it.
 */
export async function startTlsServer(
  answer: (request: Received) => Answer | Failure | Promise<Answer>,
  providerError: (status: number) => object,
): Promise<TlsServer> {
  const connections: Connection[] = [];
  const arrivals = new EventEmitter();
  const server = createServer(
    { key: testOnlyKey, cert: certificate },
    async (request, response) => {
      const whole = await received(request).catch(() => null);
      // The client broke off.
      if (whole === null) return;
      const answered = answer(whole);
      arrivals.emit('request');
      const given = await answered;
      if (typeof given === 'object') return reply(response, given);
      await fail(response, given, providerError);
    },
  );
  server.on('secureConnection', (socket) => {
    connections.push({ socket, resumed: socket.isSessionReused() });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    connection: { host: '127.0.0.1', port, ca: certificate },
    connections,
    until: async (holds) => {
      while (!holds()) await once(arrivals, 'request');
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function received(request: IncomingMessage): Promise<Received> {
  const { method = '', url = '', headers } = request;
  const body = await text(request);
  const at = Date.now();
  return { method, host: headers.host ?? '', path: url, headers, text: body, at };
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

async function fail(
  response: ServerResponse,
  failure: Failure,
  providerError: (status: number) => object,
): Promise<void> {
  if (failure === 'hang') return;
  if (failure === 'drop') return void response.destroy();
  if (failure === 'drip') return drip(response);
  reply(response, failedAnswer(failure, providerError));
}

function failedAnswer(
  failure: Exclude<Failure, 'hang' | 'drop' | 'drip'>,
  providerError: (status: number) => object,
): Answer {
  if (failure === 'html') return page('<!doctype html><title>Sign in to the Wi-Fi</title>');
  if (failure === 'empty') return { status: 200, body: '{}' };
  if (failure === 'huge') return { status: 200, body: `{"sid":"${'x'.repeat(16 * 1024 * 1024)}` };
  if (failure === 'redirect') {
    return { status: 307, headers: { location: 'https://elsewhere.example/' }, body: '' };
  }
  return { status: failure, body: JSON.stringify(providerError(failure)) };
}

function page(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/html' }, body };
}

async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  while (!response.destroyed) {
    response.write(' ');
    await sleep(20);
  }
}
