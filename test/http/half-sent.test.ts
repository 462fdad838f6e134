/** A request that is sent by halves holds a connection for ten seconds, and no longer. */
import { connect } from 'node:net';
import { beforeAll, expect, test } from '@jest/globals';
import { useService } from '../support/service.ts';

const service = useService({ policy: null });
let port: number;
beforeAll(async () => {
  port = Number(new URL(await service.app.listen({ host: '127.0.0.1', port: 0 })).port);
});

/** What comes back until the service closes the connection. */
async function answerTo(text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(text);
  return (await socket.toArray()).join('');
}

const head = () =>
  `POST /v1/challenges HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.keys.panel}\r\n`;
const body = 'Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{';

// By default Node looks for such requests every 30 seconds: then this takes too long.
test('half a header or half a body is answered and its connection closed', async () => {
  for (const answer of await Promise.all([head(), head() + body].map(answerTo))) {
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('did not arrive in time');
  }
}, 20_000);
