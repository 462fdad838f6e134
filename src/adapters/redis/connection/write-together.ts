import type { Socket } from 'node:net';

/**
 * Sends what is written in one turn of the event loop as one write: a write costs more than a
 * command. Nothing waits for a reply.
 */
export function writeTogether<Stream extends Socket>(stream: Stream): Stream {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let collecting = false;
  const send = () => {
    collecting = false;
    stream.uncork();
  };
  stream.write = (...args: unknown[]) => {
    if (!collecting) {
      collecting = true;
      stream.cork();
      setImmediate(send);
    }
    return write(...args);
  };
  return stream;
}
