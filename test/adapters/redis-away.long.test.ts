/** Redis refused, frozen, restarted, demoted or full: a quick 503, and back by itself. */
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { connectRedis } from '../../src/adapters/redis/connection/connect.ts';
import { Problem } from '../../src/domain/problems.ts';
import { aChallenge, aGuess, createIn } from '../support/challenges.ts';
import { ask, until } from '../support/redis-members.ts';
import {
  eventually,
  expectAllUnavailable,
  lineLog,
  type Probe,
  probe,
  refusalOf,
} from '../support/redis-probe.ts';
import { type Server, startRedis } from '../support/servers.ts';

let server: Server;
let client: Redis;
let here: Probe;
let lines: string[];

const connect = async (
  url: string,
  terms: Parameters<typeof connectRedis>[2] = {},
): Promise<Redis> => {
  const said = lineLog();
  lines = said.lines;
  return (await connectRedis({ kind: 'url', url }, said.log, terms)) as Redis;
};

beforeEach(async () => {
  server = await startRedis();
  use(await connect(server.url));
});
afterEach(async () => {
  closeRedis(client);
  await server.stop();
});

function use(connected: Redis): void {
  client = connected;
  here = probe(client);
}

function next(event: string): Promise<void> {
  return new Promise((resolve) => client.once(event, () => resolve()));
}

const worksAgain = () => eventually(here.works);

test('Redis that refuses is unavailable; once it is there, all goes on', async () => {
  const { port } = new URL(server.url);
  await server.stop();
  await expectAllUnavailable(here.all(aChallenge()));
  server = await startRedis(['--port', port]);
  await worksAgain();
});

test('a start without Redis goes on, and finds it when it comes', async () => {
  const { port } = new URL(server.url);
  const url = server.url;
  closeRedis(client);
  await server.stop();
  use(await connect(url, { firstConnectionMs: 100 }));
  await expectAllUnavailable(here.all(aChallenge()));
  server = await startRedis(['--port', port]);
  await worksAgain();
});

test('a Redis that comes late and may evict is not used, where that is refused, until it is mended', async () => {
  const { port } = new URL(server.url);
  const url = server.url;
  closeRedis(client);
  await server.stop();
  use(await connect(url, { firstConnectionMs: 100, refuseEviction: true }));
  server = await startRedis(['--port', port, '--maxmemory-policy', 'allkeys-lru']);
  await until(async () => lines.some((line) => line.includes('allkeys-lru')));
  await expectAllUnavailable(here.all(aChallenge()));
  await ask({ url }, 'CONFIG SET maxmemory-policy noeviction');
  await worksAgain();
  expect(lines).toEqual([
    expect.stringMatching(/^Redis is away /),
    expect.stringMatching(/ is not used: its maxmemory-policy is allkeys-lru, not noeviction/),
    'Redis is back {}',
  ]);
});

test('a Redis that is made to evict while in use is left within seconds, until it is mended', async () => {
  closeRedis(client);
  use(await connect(server.url, { refuseEviction: true }));
  await here.works();
  await ask(server, 'CONFIG SET maxmemory-policy allkeys-lru');
  await until(async () => lines.some((line) => line.includes('allkeys-lru')), 5_000);
  await until(async () => client.status !== 'ready');
  await expectAllUnavailable(here.all(aChallenge()));
  await ask(server, 'CONFIG SET maxmemory-policy noeviction');
  await worksAgain();
  expect(lines.filter((line) => line.includes('allkeys-lru'))).toHaveLength(1);
});

test('Redis that hangs is unavailable, also to a second request; it comes back', async () => {
  await worksAgain();
  server.pause();
  await expectAllUnavailable(here.all(aChallenge()));
  await expectAllUnavailable(here.all(aChallenge()));
  if (client.status === 'ready') await next('close');
  await expectAllUnavailable(here.all(aChallenge()));
  await next('connect');
  await expectAllUnavailable(here.all(aChallenge()));
  server.resume();
  await worksAgain();
});

test('a guess that got no answer is counted once at most, one that was refused never', async () => {
  const challenge = await here.withCode();
  server.pause();
  await refusalOf(here.look(challenge, 'wrong'));
  await next('close');
  await refusalOf(here.look(challenge, 'wrong'));
  server.resume();
  await eventually(() => here.store.ping());
  expect(await here.counted(challenge)).toBeLessThanOrEqual(1);
});

test('a Redis that forgot its scripts is taught them again', async () => {
  const challenge = await here.withCode();
  await client.script('FLUSH');
  expect(await here.counted(challenge)).toBe(0);
  await client.script('FLUSH');
  const looks = await Promise.all(Array.from({ length: 20 }, () => here.look(challenge, 'right')));
  expect(looks.filter((look) => look?.outcome === 'right')).toHaveLength(1);
});

describe('a Redis that answers, and cannot', () => {
  let operator: Redis;
  beforeEach(() => {
    operator = new Redis(server.url);
  });
  afterEach(() => operator.quit());

  test('made read-only, it is unavailable for writing, and its successor is looked for', async () => {
    const challenge = await here.withCode();
    await operator.replicaof('127.0.0.1', '1');
    for (const write of here.writes(challenge)) {
      const leaves = next('close');
      await expectAllUnavailable([write]);
      await leaves;
      await eventually(() => here.store.read(challenge));
    }
    await operator.replicaof('NO', 'ONE');
    await worksAgain();
  });

  test('cut off from its primary, it is unavailable for reading too', async () => {
    const challenge = await here.withCode();
    await operator.config('SET', 'replica-serve-stale-data', 'no');
    await operator.replicaof('127.0.0.1', '1');
    await expectAllUnavailable(here.all(challenge));
    await operator.replicaof('NO', 'ONE');
    await worksAgain();
  });

  test('out of memory, it is unavailable for writing, and nothing was half done', async () => {
    const challenge = await here.withCode();
    const before = await here.store.read(challenge);
    await operator.config('SET', 'maxmemory', '1');
    await expectAllUnavailable(here.writes(challenge));
    expect((await here.store.read(challenge))?.challenge).toEqual(before?.challenge);
    await operator.config('SET', 'maxmemory', '0');
    await worksAgain();
  });
});

test('what it hands to the log holds no argument of the command', async () => {
  const { challenge } = await createIn(here.store, aChallenge(), 600_000);
  server.pause();
  const late = here.store.look(challenge, aGuess('a-secret-mac'));
  const cause = (await refusalOf(late)).cause as Error;
  expect(Object.keys(cause).sort()).toEqual(['name']);
  expect(cause.message).toBe('Command timed out');
});

test('an error in a script is not reported as unavailable, and contains no argument', async () => {
  const { challenge } = await createIn(here.store, aChallenge(), 600_000);
  const [key] = await client.keys('*:challenge:*');
  await client.hset(String(key), 'wrongGuesses', 'no number');
  const code = { id: 'c', mac: 'm', length: 4, expiresAt: 9_999_999_999_999 };
  await client.hset(String(key), 'code', JSON.stringify(code));
  await client.hset(String(key), 'attemptsRemaining', 5);
  const thrown = await refusalOf(here.store.look(challenge, aGuess('a-secret-mac')));
  expect(thrown).not.toBeInstanceOf(Problem);
  expect(thrown.message).toContain('not an integer');
  expect(JSON.stringify({ ...thrown })).not.toContain('secret');
});

test('the log has one line when Redis goes and one when it is back', async () => {
  const { port } = new URL(server.url);
  await server.stop();
  for (let attempt = 0; attempt < 3; attempt += 1) await next('reconnecting');
  server = await startRedis(['--port', port]);
  await worksAgain();
  expect(lines).toEqual([
    expect.stringMatching(/^Redis is away .*(connection closed|ECONN)/),
    'Redis is back {}',
  ]);
});

test('rediss:// speaks TLS, and names the server it wants', async () => {
  const received: Buffer[] = [];
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => received.push(data));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const redis = await connect(`rediss://localhost:${port}`, { firstConnectionMs: 300 });
  closeRedis(redis);
  await new Promise((resolve) => listener.close(resolve));
  const hello = Buffer.concat(received);
  expect(hello[0]).toBe(0x16);
  expect(hello.includes('localhost')).toBe(true);
});
