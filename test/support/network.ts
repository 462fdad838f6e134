import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * `cut`: nothing gets through, and all of it arrives later. `half-open`: nothing gets through, and
 * neither side hears that the other closed. `reply lost`: a request arrives, and its reply does not.
 * `slowMs`: each piece of a reply takes so long.
 */
type Weather = 'well' | 'cut' | 'half-open' | 'reply lost' | { slowMs: number };

export type Network = Awaited<ReturnType<typeof startNetwork>>;

/** A network in front of a server on this machine, with weather of its own. */
export async function startNetwork(serverPort: number) {
  const sockets = new Set<Socket>();
  let weather: Weather = 'well';
  let uncut = Promise.withResolvers<void>();
  uncut.resolve();

  const keep = (socket: Socket) => {
    sockets.add(socket.setNoDelay());
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  };
  const carry = async (from: Socket, to: Socket, isReply: boolean) => {
    try {
      for await (const chunk of from) {
        await uncut.promise;
        if (isReply && typeof weather === 'object') await delay(weather.slowMs);
        if (weather === 'half-open') continue;
        if (weather === 'reply lost' && isReply) to.destroy();
        else if (!to.write(chunk)) await once(to, 'drain');
      }
      await uncut.promise;
      if (weather !== 'half-open') to.end();
    } catch {
      if (weather !== 'half-open') to.destroy();
    }
  };
  const server = createServer((near) => {
    const far = connect(serverPort, '127.0.0.1');
    keep(near);
    keep(far);
    carry(near, far, false);
    carry(far, near, true);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    become(next: Weather): void {
      weather = next;
      if (next === 'cut') uncut = Promise.withResolvers();
      else uncut.resolve();
    },
    async close(): Promise<void> {
      uncut.resolve();
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
