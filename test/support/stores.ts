import { Redis } from 'ioredis';
import { memoryChallengeStore } from '../../src/adapters/memory/challenge-store.ts';
import { memoryQuotas } from '../../src/adapters/memory/quotas.ts';
import { redisChallengeStore } from '../../src/adapters/redis/challenge-store.ts';
import { redisQuotas } from '../../src/adapters/redis/quotas.ts';
import type { Approval, Code } from '../../src/domain/challenge.ts';
import type { ChallengeStore, Quotas } from '../../src/domain/ports.ts';
import { testSealing } from './sealing.ts';
import { freshRedis } from './servers.ts';

/** A store under test, and a way to let time pass for it without waiting. */
export type StoreHarness = {
  store: ChallengeStore;
  /** The same store as each of several replicas reaches it. */
  replicas: ChallengeStore[];
  quotas: Quotas;
  quotaReplicas: Quotas[];
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
};

/** Each kind of store, by name: what one promises, all promise. */
export const storeHarnesses: [name: string, open: () => Promise<StoreHarness>][] = [
  ['memory', openMemory],
  ['Redis', async () => openRedis(await freshRedis())],
];

async function openMemory(): Promise<StoreHarness> {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const store = memoryChallengeStore({ now });
  const quotas = memoryQuotas({ now });
  return {
    store,
    replicas: [store, store, store],
    quotas,
    quotaReplicas: [quotas, quotas, quotas],
    advance: async (ms) => {
      ahead += ms;
    },
    close: async () => {},
  };
}

/** Three connections to one Redis. */
export async function openRedis(url: string): Promise<StoreHarness> {
  const clients = [new Redis(url), new Redis(url), new Redis(url)] as const;
  return {
    store: redisChallengeStore(clients[0], testSealing),
    replicas: clients.map((client) => redisChallengeStore(client, testSealing)),
    quotas: redisQuotas(clients[0]),
    quotaReplicas: clients.map(redisQuotas),
    advance: (ms) => ageRedis(clients[0], ms),
    close: async () => {
      await Promise.all(clients.map((client) => client.quit()));
    },
  };
}

/**
 * Makes all that one Redis database holds `ms` older: times inside challenges, in the indexes of
 * them and in quotas move back, every time to live gets shorter, and what is over its time goes.
 */
export async function ageRedis(redis: Redis, ms: number): Promise<void> {
  const keys = await redis.keys('*');
  await Promise.all(keys.map((key) => ageKey(redis, key, ms)));
}

async function ageKey(redis: Redis, key: string, ms: number): Promise<void> {
  const left = await redis.pttl(key);
  if (left < 0) return;
  if (left <= ms) {
    await redis.del(key);
    return;
  }
  const older = key.includes(':challenge:') ? await olderTimes(redis, key, ms) : {};
  const together = redis.multi().pexpire(key, left - ms);
  if (Object.keys(older).length > 0) together.hset(key, older);
  const timed = key.endsWith(':challenges') || key.startsWith('dc:{q:');
  const members = timed ? await redis.zrange(key, '0', '-1') : [];
  for (const member of members) together.zincrby(key, -ms, member);
  await together.exec();
}

async function olderTimes(redis: Redis, key: string, ms: number): Promise<Record<string, string>> {
  const { createdAt, expiresAt, code, approval } = await redis.hgetall(key);
  const older: Record<string, unknown> = {
    createdAt: Number(createdAt) - ms,
    expiresAt: Number(expiresAt) - ms,
  };
  if (code) older['code'] = olderCode(JSON.parse(code), ms);
  if (approval) older['approval'] = olderApproval(JSON.parse(approval), ms);
  const texts = Object.entries(older).map(([field, value]) => [field, JSON.stringify(value)]);
  return Object.fromEntries(texts);
}

function olderCode(code: Code, ms: number): Code {
  const { sentAt, expiresAt, resendAt } = code;
  return { ...code, sentAt: sentAt - ms, expiresAt: expiresAt - ms, resendAt: resendAt - ms };
}

function olderApproval(approval: Approval, ms: number): Approval {
  const { at, resultExpiresAt } = approval;
  return { ...approval, at: at - ms, resultExpiresAt: resultExpiresAt - ms };
}

/** One of the replicas, in turn. */
export function inTurn<T>(replicas: readonly T[], i: number): T {
  const chosen = replicas[i % replicas.length];
  if (!chosen) throw new Error('no replica');
  return chosen;
}
