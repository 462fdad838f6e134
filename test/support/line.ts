import { once } from 'node:events';
import { connect } from 'node:net';

/** One connection, and all that came back on it. */
export type Line = {
  say(text: string): void;
  /** Waits until what came back looks so. */
  heard(pattern: RegExp): Promise<void>;
  /** All that had come back when the other side closed. */
  closed: Promise<string>;
};

/** Opens a connection on which nothing has been said yet. */
export async function openLine(url: string): Promise<Line> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'connect');
  return {
    say: (words) => void socket.write(words),
    async heard(pattern) {
      while (!pattern.test(text)) await once(socket, 'data');
    },
    closed: once(socket, 'close').then(() => text),
  };
}

/** A request as it goes over a line. */
export function spoken(method: string, path: string, headers: object = {}, body = ''): string {
  const all = { host: 'doublecheck', 'content-length': Buffer.byteLength(body), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
