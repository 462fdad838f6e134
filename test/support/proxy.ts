import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

type Weather = 'well' | 'slow' | 'half-open' | 'reply lost';

export type Network = Awaited<ReturnType<typeof startProxy>>;

/** A network between a client and a server, with weather of its own. */
export async function startProxy(to: { host: string; port: number }, slowMs = 600) {
  let weather: Weather = 'well';
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(to.port, to.host);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        // Half-open: who is left hears nothing of it.
        if (weather !== 'half-open') other.destroy();
      });
    }
    client.on('data', (chunk) => weather !== 'half-open' && upstream.write(chunk));
    let sent = Promise.resolve<unknown>(null);
    upstream.on('data', (chunk) => {
      if (weather === 'reply lost') client.destroy();
      if (weather === 'half-open') return;
      // In order, also when a slow one is followed by a quick one.
      const due = weather === 'slow' ? delay(slowMs) : null;
      sent = Promise.all([sent, due]).then(() => client.write(chunk));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    become: (next: Weather): void => {
      weather = next;
    },
    async stop(): Promise<void> {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
