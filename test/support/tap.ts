import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of the bytes of one connection: `near` is the client, `far` the server. */
export type Connection = { near: Socket; far: Socket };

/**
 * A server in front of another, to listen in.
 *
 * @param carry moves the bytes of each new connection.
 */
export async function startTap(url: string, carry: (connection: Connection) => void) {
  const there = new URL(url);
  const port = Number(there.port);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, there.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket.setNoDelay());
      socket.on('error', () => {});
    }
    carry({ near, far });
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  there.port = String((server.address() as AddressInfo).port);
  return {
    /** Where clients connect in place of the server. */
    url: there.href,
    async close(): Promise<void> {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
