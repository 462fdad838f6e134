/** Redis behind Sentinels: with each master, killed, frozen, replaced or demoted. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { connectRedis } from '../../src/adapters/redis/connection/connect.ts';
import type { ChallengeRef } from '../../src/domain/challenge/challenge.ts';
import { aChallenge } from '../support/challenges.ts';
import {
  eventually,
  expectAllUnavailable,
  lineLog,
  type Probe,
  probe,
  untilUnavailable,
} from '../support/redis-probe.ts';
import {
  ask,
  type Member,
  type SentinelRedis,
  startSentinelRedis,
  until,
  untilReplicated,
} from '../support/redis-topologies.ts';

let redis: SentinelRedis;
let here: Probe;
let lines: string[];
let opened: Probe[];

beforeEach(async () => {
  opened = [];
  redis = await startSentinelRedis();
  here = await connect();
});
afterEach(async () => {
  for (const { client } of opened) closeRedis(client);
  for (const member of [...redis.servers, ...redis.sentinels]) member.resume();
  await redis.stop();
});

async function connect(terms: Parameters<typeof connectRedis>[2] = {}): Promise<Probe> {
  const said = lineLog();
  lines = said.lines;
  const one = probe(await connectRedis(redis.connection, said.log, terms));
  opened.push(one);
  return one;
}

const replicated = async () => untilReplicated(await redis.master());

/** Guesses until it is stopped. Returns the number of guesses. */
async function guessing(challenge: ChallengeRef, stopped: () => boolean) {
  let made = 0;
  while (!stopped()) {
    made += 1;
    await here.look(challenge, 'wrong').catch(() => null);
    await turn();
  }
  return made;
}

test('a master that is killed: nothing until it is replaced, then all goes on with what it knew', async () => {
  const challenge = await here.withCode();
  expect((await here.look(challenge, 'wrong'))?.outcome).toBe('wrong');
  const spent = await here.withCode();
  const right = await here.look(spent, 'right');
  expect(right?.outcome).toBe('right');
  await here.store.change(right?.challenge ?? spent, { code: null });
  await replicated();
  const master = await redis.master();
  await master.kill();
  await expectAllUnavailable(here.all(challenge));
  await redis.successorOf(master);
  await eventually(here.works);
  expect(await here.counted(challenge)).toBe(1);
  expect((await here.look(spent, 'right'))?.outcome).toBe('superseded');
  expect(lines).toEqual([expect.stringMatching(/^Redis is away /), 'Redis is back {}']);
});

test('a master that is killed under fire: no guess is counted twice', async () => {
  const challenge = await here.withCode();
  await replicated();
  const master = await redis.master();
  let over = false;
  const made = guessing(challenge, () => over);
  await master.kill();
  await redis.successorOf(master);
  await eventually(here.works);
  over = true;
  expect(await here.counted(challenge)).toBeLessThanOrEqual(await made);
});

test('a master that freezes and is replaced is left by all, also by idle connections', async () => {
  const idle = await connect();
  const challenge = await here.withCode();
  expect(await idle.counted(challenge)).toBe(0);
  await replicated();
  const master = await redis.master();
  master.pause();
  await expectAllUnavailable(here.all(aChallenge()));
  const successor = await redis.successorOf(master);
  await eventually(here.works);
  master.resume();
  for (let i = 1; i <= 20; i += 1) {
    await eventually(() => idle.look(challenge, 'wrong'));
    expect(await here.counted(challenge)).toBe(i);
  }
  expect(await redis.master()).toBe(successor);
});

test('a master that is demoted is left; its successor, which knows no script, is taught them', async () => {
  const challenge = await here.withCode();
  await replicated();
  const master = await redis.master();
  await redis.failOver();
  const successor = await redis.successorOf(master);
  await ask(successor, 'SCRIPT FLUSH');
  await eventually(here.works);
  await ask(successor, 'SCRIPT FLUSH');
  const looks = await Promise.all(Array.from({ length: 20 }, () => here.look(challenge, 'right')));
  expect(looks.filter((look) => look?.outcome === 'right')).toHaveLength(1);
});

describe('with Sentinels away', () => {
  test('one of them frozen: a start finds the master, and a failover goes on', async () => {
    const [first] = redis.sentinels as [Member];
    first.pause();
    here = await connect();
    await here.works();
    const master = await redis.master();
    await master.kill();
    await untilUnavailable(here.works);
    await redis.successorOf(master);
    await eventually(here.works);
  });

  test('without Sentinels a connected service goes on, and a new one finds Redis when they are back', async () => {
    await Promise.all(redis.sentinels.map((sentinel) => sentinel.kill()));
    await here.works();
    const late = await connect({ firstConnectionMs: 100 });
    await expectAllUnavailable(late.all(aChallenge()));
    expect(lines).toEqual([expect.stringMatching(/^Redis is away /)]);
    await Promise.all(redis.sentinels.map((sentinel) => sentinel.start()));
    await eventually(late.works);
    expect(lines).toEqual([expect.stringMatching(/^Redis is away /), 'Redis is back {}']);
  });
});

describe('where eviction is refused', () => {
  const evict = (member: Member) => ask(member, 'CONFIG SET maxmemory-policy allkeys-lru');

  test('a master that evicts stops the start with one line that says which and why', async () => {
    const master = await redis.master();
    await evict(master);
    await expect(connect({ refuseEviction: true })).rejects.toThrow(
      `Redis at 127.0.0.1:${master.address.port} is not used: its maxmemory-policy is allkeys-lru, not noeviction`,
    );
  });

  test('a successor that evicts is not used, which the log says once, until that is mended', async () => {
    const careful = await connect({ refuseEviction: true });
    const said = lines;
    await careful.works();
    const master = await redis.master();
    await Promise.all(redis.servers.filter((one) => one !== master).map(evict));
    await redis.failOver();
    const successor = await redis.successorOf(master);
    await until(async () => said.some((line) => line.includes('allkeys-lru')));
    await expectAllUnavailable(careful.all(aChallenge()));
    await ask(successor, 'CONFIG SET maxmemory-policy noeviction');
    await eventually(careful.works);
    expect(said).toEqual([
      expect.stringMatching(/^Redis is away /),
      expect.stringContaining(`127.0.0.1:${successor.address.port} is not used`),
      'Redis is back {}',
    ]);
  });
});

test('a stop while Redis is away leaves no connection', async () => {
  const clientsOf = async (sentinel: Member) =>
    (await ask(sentinel, 'CLIENT LIST')).split('subscribe');
  const [sentinel] = redis.sentinels as [Member];
  const others = (await clientsOf(sentinel)).length;
  const ending = await connect();
  await until(async () => (await clientsOf(sentinel)).length > others);
  const master = await redis.master();
  await master.kill();
  await untilUnavailable(() => ending.store.ping());
  await new Promise((resolve) => ending.client.once('reconnecting', resolve));
  const ended = new Promise((resolve) => ending.client.once('end', resolve));
  closeRedis(ending.client);
  await ended;
  await until(async () => (await clientsOf(sentinel)).length === others);
});
