import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { description } from '../description.ts';
import { mismatch } from '../exact-schemas.ts';

const AlertSchema = description.components.schemas['Alert'] ?? {};

type Received = { path: string; headers: Record<string, string>; text: string };

type Alert = { type: string; timestamp: string; data: Record<string, unknown> };

/** How it answers: a status, one with where to go instead, or not at all. */
type Answer = number | { status: number; location: string } | 'never';

/** A client's endpoint of webhooks on loopback. */
export async function startEndpoint() {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  let answer: Answer = 204;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    requests.push({ path: request.url ?? '', headers: named(request.headers), text });
    if (answer === 'never') return;
    const { status, location } =
      typeof answer === 'number' ? { status: answer, location: '' } : answer;
    response.writeHead(status, location ? { location } : {}).end('whatever');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    port,
    requests,
    answerWith(next: Answer) {
      answer = next;
    },
    /** The received alerts, each verified with a client's library, and as described. */
    received: (secret: string): Alert[] =>
      requests.map(({ headers, text }) => {
        const alert = new Webhook(secret).verify(text, headers) as Alert;
        const wrong = mismatch(AlertSchema, alert);
        if (wrong) throw new Error(`an alert that is not as described: ${wrong}`);
        return alert;
      }),
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function named(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
