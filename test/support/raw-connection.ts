import { once } from 'node:events';
import { connect } from 'node:net';

/** One TCP connection and the text that came back on it. */
export type RawConnection = {
  send(text: string): void;
  /** Waits until the text that came back matches. */
  received(pattern: RegExp): Promise<void>;
  /** Resolves with all text when the other side closes. */
  closed: Promise<string>;
};

/** Opens a connection and sends nothing. */
export async function openRawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'connect');
  return {
    send: (words) => void socket.write(words),
    async received(pattern) {
      while (!pattern.test(text)) await once(socket, 'data');
    },
    closed: once(socket, 'close').then(() => text),
  };
}

/** The bytes of one HTTP request. */
export function rawRequest(method: string, path: string, headers: object = {}, body = ''): string {
  const all = { host: 'doublecheck', 'content-length': Buffer.byteLength(body), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
