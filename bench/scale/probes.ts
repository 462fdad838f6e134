import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { withScripts } from '../../src/adapters/redis/scripts.ts';
import { rounded } from '../shared/statistics.ts';
import type { Bench } from './bench.ts';

export type Probes = {
  /** Microseconds of Redis to take from the budget of all calls, when it holds 1,000 calls a second. */
  hotBudgetUs: number;
  /** Bytes on the loopback for one PUBLISH in a cluster of three, without those of the command. */
  publishBytes: number;
};

const callsWithin = 5_000;
const times = 20_000;

export async function probe({ deployments }: Bench): Promise<Probes> {
  const [one, three] = deployments.map(({ servers }) => servers[0]);
  if (!one || !three) throw new Error('no Redis');
  return { hotBudgetUs: await hotBudget(one), publishBytes: await publishBytes(three) };
}

/** At 1,000 calls a second, the budget `calls` holds the 5,000 of its five seconds. */
async function hotBudget(server: Redis): Promise<number> {
  const redis = withScripts(server.duplicate());
  const take = (member: number) =>
    redis.takeBudgets(1, 'dc:{probe}', `${member}`, `5000 ${callsWithin + 1}/5000`);
  await inBatches(callsWithin, take);
  await redis.config('RESETSTAT');
  await inBatches(callsWithin, async (member) => {
    await redis.zrem('dc:{probe}', `${member}`);
    await take(member + callsWithin);
  });
  const info = await redis.info('commandstats');
  redis.disconnect();
  return Number(/cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(info)?.[1]);
}

async function publishBytes(server: Redis): Promise<number> {
  const channel = `dc:{${'x'.repeat(22)}}:challenge:${'x'.repeat(36)}`;
  const bytes = async (command: () => Promise<unknown>) => {
    const before = loopbackBytes();
    await inBatches(times, command);
    return (loopbackBytes() - before) / times;
  };
  const published = await bytes(() => server.publish(channel, ''));
  // A command of the same length, which no other node receives.
  const alone = await bytes(() => server.exists(channel));
  return rounded(published - alone, 0);
}

async function inBatches(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  const atOnce = 100;
  for (let first = 0; first < count; first += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, i) => work(first + i)));
  }
}

function loopbackBytes(): number {
  const [, bytes] = /^ *lo: *(\d+)/m.exec(readFileSync('/proc/net/dev', 'utf8')) ?? [];
  return Number(bytes);
}
