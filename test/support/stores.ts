import { Cluster, Redis } from 'ioredis';
import { memoryBudgets } from '../../src/adapters/memory/budgets.ts';
import { memoryCallLines } from '../../src/adapters/memory/call-lines.ts';
import { memoryCallTurns } from '../../src/adapters/memory/call-turns.ts';
import { memoryChallengeStore } from '../../src/adapters/memory/challenge-store.ts';
import { memoryIdempotencyStore } from '../../src/adapters/memory/idempotency-store.ts';
import { memoryQuotas } from '../../src/adapters/memory/quotas.ts';
import { redisCallLines } from '../../src/adapters/redis/call-lines.ts';
import { redisCallTurns } from '../../src/adapters/redis/call-turns.ts';
import { redisChallengeStore } from '../../src/adapters/redis/challenge-store.ts';
import { redisIdempotencyStore } from '../../src/adapters/redis/idempotency-store.ts';
import { redisQuotas } from '../../src/adapters/redis/quotas.ts';
import type {
  CallLines,
  CallTurns,
  ChallengeStore,
  IdempotencyStore,
  Quotas,
} from '../../src/domain/ports.ts';
import { ageRedis } from './age-redis.ts';
import { startRedisCluster } from './redis-topologies.ts';
import { testSealing } from './sealing.ts';
import { freshRedis } from './servers.ts';
import { use } from './use.ts';

/** A store under test, and a way to let time pass for it without waiting. */
export type StoreHarness = {
  store: ChallengeStore;
  /** The same store as each of several replicas reaches it. */
  replicas: ChallengeStore[];
  quotas: Quotas;
  quotaReplicas: Quotas[];
  /** As each replica reaches them. */
  turns: CallTurns[];
  lines: CallLines[];
  /** Requests with an idempotency key, as each replica reaches them. */
  requests: IdempotencyStore[];
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
};

/** Each kind of store, by name: what one promises, all promise. */
export const storeHarnesses: [name: string, open: () => Promise<StoreHarness>][] = [
  ['memory', openMemory],
  ['Redis', async () => openRedis(await freshRedis())],
  ['a Redis cluster', openCluster],
];

/** One of each store for the tests of a block. */
export function useStores(open: () => Promise<StoreHarness>) {
  const harness = use(open);
  return {
    harness,
    store: use(() => harness.store),
    quotas: use(() => harness.quotas),
    requests: use(() => inTurn(harness.requests, 0)),
  };
}

/** The stores on a Redis that is at hand too, for what is said of its keys. */
export function useRedisStores() {
  return use(async () => openRedis(await freshRedis()));
}

async function openMemory(): Promise<StoreHarness> {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const budgets = memoryBudgets({ now });
  const store = memoryChallengeStore(budgets, { now });
  const quotas = memoryQuotas(budgets);
  const requests = memoryIdempotencyStore({ now });
  const turns = memoryCallTurns({ now });
  const lines = memoryCallLines({ now });
  return {
    store,
    replicas: [store, store, store],
    quotas,
    quotaReplicas: [quotas, quotas, quotas],
    turns: [turns, turns, turns],
    lines: [lines, lines, lines],
    requests: [requests, requests, requests],
    advance: async (ms) => {
      ahead += ms;
    },
    close: async () => {},
  };
}

/** Three connections to one Redis. */
async function openRedis(url: string): Promise<StoreHarness & { redis: Redis }> {
  const clients = [new Redis(url), new Redis(url), new Redis(url)] as const;
  return {
    redis: clients[0],
    ...storesOn(clients),
    advance: (ms) => ageRedis(clients[0], ms),
    close: async () => {
      await Promise.all(clients.map((client) => client.quit()));
    },
  };
}

/** Three clients of a cluster of its own. */
async function openCluster(): Promise<StoreHarness> {
  const cluster = await startRedisCluster({ replicas: false });
  const { nodes } = cluster.connection;
  const clients = [new Cluster(nodes), new Cluster(nodes), new Cluster(nodes)] as const;
  const masters = cluster.masters.map(({ url }) => new Redis(url));
  return {
    ...storesOn(clients),
    advance: async (ms) => {
      await Promise.all(masters.map((master) => ageRedis(master, ms)));
    },
    close: async () => {
      for (const client of [...clients, ...masters]) client.disconnect();
      await cluster.stop();
    },
  };
}

type Clients = readonly [Redis | Cluster, ...(Redis | Cluster)[]];

function storesOn(clients: Clients): Omit<StoreHarness, 'advance' | 'close'> {
  return {
    store: redisChallengeStore(clients[0], testSealing),
    replicas: clients.map((client) => redisChallengeStore(client, testSealing)),
    quotas: redisQuotas(clients[0]),
    quotaReplicas: clients.map(redisQuotas),
    turns: clients.map((client) => redisCallTurns(client)),
    lines: clients.map(redisCallLines),
    requests: clients.map((client) => redisIdempotencyStore(client, testSealing)),
  };
}

/** One of the replicas, in turn. */
export function inTurn<T>(replicas: readonly T[], i: number): T {
  const chosen = replicas[i % replicas.length];
  if (!chosen) throw new Error('no replica');
  return chosen;
}
