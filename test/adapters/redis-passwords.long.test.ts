/** Redis that asks for passwords is found by the settings that have them, and by no others. */
import { afterEach, expect, test } from '@jest/globals';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { connectRedis } from '../../src/adapters/redis/connection/connect.ts';
import { readConfig } from '../../src/config/config.ts';
import { redisTopology } from '../../src/config/redis-settings.ts';
import type { Challenge } from '../../src/domain/challenge/challenge.ts';
import { aChallenge } from '../support/challenges.ts';
import {
  eventually,
  expectAllUnavailable,
  lineLog,
  type Probe,
  probe,
} from '../support/redis-probe.ts';
import { startRedisCluster, startSentinelRedis } from '../support/redis-topologies.ts';
import { startRedis } from '../support/servers.ts';

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

async function connect(env: Record<string, string>): Promise<Probe & { lines: string[] }> {
  const { log, lines } = lineLog();
  const topology = redisTopology(readConfig(env));
  if (!topology) throw new Error('the settings name no Redis');
  const client = await connectRedis(topology, log);
  ends.push(() => closeRedis(client));
  return { ...probe(client), lines };
}

async function sentinels() {
  const redis = await startSentinelRedis({ passwords: { servers: 'one', sentinels: 'two' } });
  ends.push(redis.stop);
  const failOver = async () => {
    const master = await redis.master();
    await redis.failOver();
    await redis.successorOf(master);
  };
  return { env: redis.env as Record<string, string>, failOver };
}

test('Sentinels and their servers, each with a password of its own', async () => {
  const { env, failOver } = await sentinels();
  const here = await connect(env);
  await here.works();
  await failOver();
  await eventually(here.works);
});

test.each(['REDIS_PASSWORD', 'REDIS_SENTINEL_PASSWORD'])(
  'a wrong %s is unavailable, and the log says that it is',
  async (name) => {
    const { env } = await sentinels();
    const here = await connect({ ...env, [name]: 'wrong' });
    await expectAllUnavailable(here.all(aChallenge()));
    expect(here.lines).toEqual([expect.stringMatching(/^Redis is away .*WRONGPASS/)]);
  },
);

test('one server: a wrong password is unavailable, and the log says that it is', async () => {
  const server = await startRedis(['--requirepass', 'one']);
  ends.push(server.stop);
  const url = (password: string) => server.url.replace('//', `//:${password}@`);
  await (await connect({ REDIS_URL: url('one') })).works();
  const stranger = await connect({ REDIS_URL: url('two') });
  await expectAllUnavailable(stranger.all(aChallenge()));
  expect(stranger.lines).toEqual([expect.stringMatching(/^Redis is away .*WRONGPASS/)]);
});

test('a cluster with a password', async () => {
  const redis = await startRedisCluster({ replicas: false, password: 'one' });
  ends.push(redis.stop);
  const env: Record<string, string> = redis.env;
  const here = await connect(env);
  await here.works();
  const stranger = await connect({ ...env, REDIS_PASSWORD: 'wrong' });
  const challenge: Challenge = await here.withCode();
  await expectAllUnavailable(stranger.all(challenge));
  expect(stranger.lines).toEqual([expect.stringMatching(/^Redis is away .*WRONGPASS/)]);
});
