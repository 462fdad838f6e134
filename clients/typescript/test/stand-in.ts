import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
};

type Reply = (response: ServerResponse) => void;

/** A service on loopback that gives these replies, one after the other. */
export async function startStandIn(replies: Reply[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { method = '', url = '', headers } = request;
    received.push({ method, url, headers, body });
    const reply = replies[Math.min(received.length, replies.length) - 1];
    reply?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function problem(status: number, name: string, more: object = {}, headers = {}): Reply {
  return json(status, { type: `/problems/${name}`, title: name, status, ...more }, headers);
}

/** The connection breaks before an answer. */
export const lost: Reply = (response) => void response.destroy();
