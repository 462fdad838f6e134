/** Commands that are given in one turn of the event loop leave as one write, after a reconnect too. */
import { once } from 'node:events';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { connectRedis } from '../../src/adapters/redis/connection/connect.ts';
import { lineLog } from '../support/redis-probe.ts';
import { type Server, startRedis } from '../support/servers.ts';

let server: Server;
let redis: Redis;
beforeEach(async () => {
  server = await startRedis();
  redis = (await connectRedis({ kind: 'url', url: server.url }, lineLog().log)) as Redis;
});
afterEach(async () => {
  closeRedis(redis);
  await server.stop();
});

/** How often a socket writes meanwhile. */
async function writesDuring(work: () => Promise<unknown>): Promise<number> {
  const single = jest.spyOn(Socket.prototype, '_write');
  const together = jest.spyOn(Socket.prototype, '_writev' as '_write');
  await work();
  const writes = single.mock.calls.length + together.mock.calls.length;
  jest.restoreAllMocks();
  return writes;
}

const twenty = () => Promise.all(Array.from({ length: 20 }, (_, i) => redis.incrby('sum', i)));

test('twenty commands of one turn are one write, and are answered in order', async () => {
  expect(await writesDuring(twenty)).toBe(1);
  expect(await redis.get('sum')).toBe('190');
});

test('so are they on the connection after a lost one', async () => {
  const ready = once(redis, 'ready');
  redis.disconnect(true);
  await ready;
  expect(await writesDuring(twenty)).toBe(1);
});
