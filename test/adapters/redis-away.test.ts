/** Redis refused, frozen, restarted, demoted or full: a quick 503, and back by itself. */
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { redisChallengeStore } from '../../src/adapters/redis/challenge-store.ts';
import { connectRedis } from '../../src/adapters/redis/connect.ts';
import { redisQuotas } from '../../src/adapters/redis/quotas.ts';
import type { Budget, ChallengeStore, Log, Quotas } from '../../src/domain/ports.ts';
import { Problem } from '../../src/domain/problems.ts';
import { aChallenge, aCode, noGuesses, noLimits } from '../support/challenges.ts';
import { testSealing } from '../support/sealing.ts';
import { type Server, startRedis } from '../support/servers.ts';

const soonMs = 1_500;
const budget: Budget = { name: 'b', subject: 's', limit: 5, windowMs: 60_000 };

let server: Server;
let client: Redis;
let store: ChallengeStore;
let quotas: Quotas;
let lines: string[];

const log: Log = {
  info: (context, message) => lines.push(`${message} ${JSON.stringify(context)}`),
  warn: (context, message) => lines.push(`${message} ${JSON.stringify(context)}`),
  error: (context, message) => lines.push(`${message} ${JSON.stringify(context)}`),
};

beforeEach(async () => {
  lines = [];
  server = await startRedis();
  use(await connectRedis(server.url, log));
});
afterEach(async () => {
  client.disconnect();
  await server.stop();
});

function use(connected: Redis): void {
  client = connected;
  store = redisChallengeStore(client, testSealing);
  quotas = redisQuotas(client);
}

/** Every operation, each refused as it should be; answers how long the slowest took. */
async function everythingIsUnavailable(operations = operationsOf(aChallenge())): Promise<void> {
  const from = performance.now();
  const refusals = await Promise.all(operations.map((operate) => refusalOf(operate())));
  expect(performance.now() - from).toBeLessThan(soonMs);
  for (const refusal of refusals) {
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal.kind.name).toBe('unavailable');
    expect(refusal.extra.retryAfterSeconds).toBe(1);
  }
}

function operationsOf(ref: ReturnType<typeof aChallenge>): (() => Promise<unknown>)[] {
  return [
    ...writesOf(ref),
    () => store.read(ref),
    () => store.forgetUser(ref),
    () => quotas.giveBack([budget], ['c']),
    () => store.ping(),
  ];
}

function writesOf(ref: ReturnType<typeof aChallenge>): (() => Promise<unknown>)[] {
  return [
    () => store.create(aChallenge(), 600_000),
    () => store.change(ref, 2, { codeIds: ['c'] }),
    () => store.guess(ref, { codeId: 'c', mac: 'right' }, noLimits),
    () => store.openAccount(ref, noGuesses),
    () => store.takeOff(ref, noGuesses),
    () => store.clearAccount(ref),
    () => quotas.take([budget, { ...budget, name: 'c' }], 'c'),
  ];
}

async function refusalOf(promise: Promise<unknown>): Promise<Problem> {
  return promise.then(
    (value) => {
      throw new Error(`answered ${JSON.stringify(value)}`);
    },
    (thrown) => thrown,
  );
}

async function withCode() {
  const { challenge, now } = await store.create(aChallenge(), 600_000);
  const code = aCode(now, { id: 'c' });
  await store.change(challenge, 1, { code, attemptsRemaining: 5 });
  await store.openAccount(challenge, noGuesses);
  return challenge;
}

function next(event: string): Promise<void> {
  return new Promise((resolve) => client.once(event, () => resolve()));
}

/** A connection may be on its way out when Redis itself is well already. */
async function back(): Promise<void> {
  await store.ping().catch(() => next('ready'));
}

async function worksAgain(): Promise<void> {
  await back();
  const challenge = await withCode();
  const look = await store.guess(challenge, { codeId: 'c', mac: 'right' }, noLimits);
  expect(look?.outcome).toBe('right');
}

test('Redis that refuses is unavailable; once it is there, all goes on', async () => {
  const { port } = new URL(server.url);
  await server.stop();
  await everythingIsUnavailable();
  server = await startRedis(['--port', port]);
  await worksAgain();
});

test('a start without Redis goes on, and finds it when it comes', async () => {
  const { port } = new URL(server.url);
  const url = server.url;
  client.disconnect();
  await server.stop();
  use(await connectRedis(url, log, 100));
  await everythingIsUnavailable();
  server = await startRedis(['--port', port]);
  await worksAgain();
});

test('Redis that hangs is unavailable, also to a second request; it comes back', async () => {
  await worksAgain();
  server.pause();
  await everythingIsUnavailable();
  await everythingIsUnavailable();
  if (client.status === 'ready') await next('close');
  await everythingIsUnavailable();
  await next('connect');
  await everythingIsUnavailable();
  server.resume();
  await worksAgain();
});

test('a guess that got no answer is counted once at most, one that was refused never', async () => {
  const challenge = await withCode();
  const guess = { codeId: 'c', mac: 'wrong' };
  server.pause();
  await refusalOf(store.guess(challenge, guess, noLimits));
  await next('close');
  await refusalOf(store.guess(challenge, guess, noLimits));
  server.resume();
  await back();
  expect((await store.read(challenge))?.challenge.attemptsRemaining).toBeGreaterThanOrEqual(4);
});

test('a Redis that forgot its scripts is taught them again', async () => {
  const challenge = await withCode();
  await client.script('FLUSH');
  expect((await store.read(challenge))?.challenge.attemptsRemaining).toBe(5);
  await client.script('FLUSH');
  const guess = { codeId: 'c', mac: 'right' };
  const looks = await Promise.all(
    Array.from({ length: 20 }, () => store.guess(challenge, guess, noLimits)),
  );
  expect(looks.filter((look) => look?.outcome === 'right')).toHaveLength(1);
});

describe('a Redis that answers, and cannot', () => {
  let operator: Redis;
  beforeEach(() => {
    operator = new Redis(server.url);
  });
  afterEach(() => operator.quit());

  test('made read-only, it is unavailable for writing, and its successor is looked for', async () => {
    const challenge = await withCode();
    await operator.replicaof('127.0.0.1', '1');
    for (const write of writesOf(challenge)) {
      const leaves = next('close');
      await everythingIsUnavailable([write]);
      await leaves;
      await back();
    }
    await operator.replicaof('NO', 'ONE');
    await worksAgain();
  });

  test('cut off from its primary, it is unavailable for reading too', async () => {
    const challenge = await withCode();
    await operator.config('SET', 'replica-serve-stale-data', 'no');
    await operator.replicaof('127.0.0.1', '1');
    await everythingIsUnavailable(operationsOf(challenge));
    await operator.replicaof('NO', 'ONE');
    await worksAgain();
  });

  test('out of memory, it is unavailable for writing, and nothing was half done', async () => {
    const challenge = await withCode();
    const before = await store.read(challenge);
    await operator.config('SET', 'maxmemory', '1');
    await everythingIsUnavailable(writesOf(challenge));
    expect((await store.read(challenge))?.challenge).toEqual(before?.challenge);
    await operator.config('SET', 'maxmemory', '0');
    await worksAgain();
  });
});

test('what it hands to the log holds no argument of the command', async () => {
  const { challenge } = await store.create(aChallenge(), 600_000);
  server.pause();
  const late = store.guess(challenge, { codeId: 'c', mac: 'a-secret-mac' }, noLimits);
  const cause = (await refusalOf(late)).cause as Error;
  expect(Object.keys(cause).sort()).toEqual(['name']);
  expect(cause.message).toBe('Command timed out');
});

test('a mistake in a script is not taken for an absence, and tells no argument either', async () => {
  const { challenge } = await store.create(aChallenge(), 600_000);
  await store.openAccount(challenge, noGuesses);
  const [key] = await client.keys('*:challenge:*');
  await client.hset(String(key), 'version', 'no number');
  const code = { id: 'c', mac: 'm', length: 4, expiresAt: 9_999_999_999_999 };
  await client.hset(String(key), 'code', JSON.stringify(code));
  await client.hset(String(key), 'attemptsRemaining', 5);
  const thrown = await refusalOf(
    store.guess(challenge, { codeId: 'c', mac: 'a-secret-mac' }, noLimits),
  );
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
  const redis = await connectRedis(`rediss://localhost:${port}`, log, 300);
  redis.disconnect();
  await new Promise((resolve) => listener.close(resolve));
  const hello = Buffer.concat(received);
  expect(hello[0]).toBe(0x16);
  expect(hello.includes('localhost')).toBe(true);
});
