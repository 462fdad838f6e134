import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';

type RequestServer = {
  /** Resolves when each request so far has its answer. */
  answered(): Promise<unknown>;
  close(): void;
};

/** Answers requests at a socket. A request is all that a connection sends until it ends its side. */
export function serveRequests(
  path: string,
  answer: (request: string) => Promise<string>,
): RequestServer {
  const answers = new Set<Promise<string>>();
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    // The other process may end at any moment: nobody reads the answer then.
    socket.on('error', () => {});
    try {
      const answered = answer(await text(socket));
      answers.add(answered);
      socket.end(await answered.finally(() => answers.delete(answered)));
    } catch {
      socket.destroy();
    }
  });
  // A killed process leaves its socket behind.
  rmSync(path, { force: true });
  server.listen(path).unref();
  return { answered: () => Promise.allSettled(answers), close: () => void server.close() };
}
