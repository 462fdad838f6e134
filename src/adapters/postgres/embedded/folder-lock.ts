import { randomUUID } from 'node:crypto';
import { linkSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A folder that this process now holds. */
export type Held = { release(): Promise<void> };

/**
 * Takes a folder for this process alone: it is held by whoever answers at the socket in it, so that
 * the lock of a process that was killed is seen to be stale, whatever became of its process id.
 *
 * @returns null when another process holds it.
 */
export async function holdFolder(
  path: string,
  serve: (socket: Socket) => void,
): Promise<Held | null> {
  const own = `${path}.${randomUUID().slice(0, 8)}`;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Whoever breaks off is told nothing, and must not take this process along.
    socket.on('error', () => {});
    serve(socket);
  });
  await listen(server, own);
  if (!(await claim(own, path))) {
    await close(server);
    return null;
  }
  return {
    async release() {
      rmSync(path, { force: true });
      for (const socket of sockets) socket.destroy();
      await close(server);
    },
  };
}

async function claim(own: string, path: string): Promise<boolean> {
  while (!tryLink(own, path)) {
    if (await answers(path)) return false;
    await removeStale(path, `${own}.stale`);
  }
  rmSync(own, { force: true });
  return true;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Unlike binding to the path itself, one step: whoever sees the name can connect to it. */
function tryLink(own: string, path: string): boolean {
  return unless('EEXIST', () => linkSync(own, path));
}

/** Moves it aside first: another process may just have put its own in the place of a stale one. */
async function removeStale(path: string, aside: string): Promise<void> {
  if (!unless('ENOENT', () => renameSync(path, aside))) return;
  if (await answers(aside)) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function unless(code: string, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === code) return false;
    throw thrown;
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
