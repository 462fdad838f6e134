import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A line to a server on this machine, which can be cut and slowed down. */
export async function startProxy(port: number) {
  const sockets = new Set<Socket>();
  let whole = Promise.withResolvers<void>();
  let slownessMs = 0;
  whole.resolve();

  const keep = (socket: Socket) => {
    sockets.add(socket.setNoDelay());
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  };
  const carry = async (from: Socket, to: Socket) => {
    try {
      for await (const chunk of from) {
        await whole.promise;
        if (slownessMs > 0) await delay(slownessMs);
        if (!to.write(chunk)) await once(to, 'drain');
      }
      await whole.promise;
      to.end();
    } catch {
      to.destroy();
    }
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    keep(near);
    keep(far);
    carry(near, far);
    carry(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    /** Nothing gets through, and nobody is told; what was said arrives once it is mended. */
    cut() {
      whole = Promise.withResolvers();
    },
    mend: () => whole.resolve(),
    /** Each piece takes so long, in either direction. */
    slowDown(ms: number) {
      slownessMs = ms;
    },
    async close(): Promise<void> {
      whole.resolve();
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
