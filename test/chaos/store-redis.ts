import { startNetwork } from '../support/network.ts';
import {
  ask,
  type RedisCluster,
  type SentinelRedis,
  startRedisCluster,
  startSentinelRedis,
  until,
} from '../support/redis-topologies.ts';
import { freePort } from '../support/server-process.ts';
import { startRedis } from '../support/servers.ts';
import { atOnce, aWhile, type Breakage } from './faults.ts';

export const redisKinds = ['standalone', 'sentinel', 'cluster'] as const;

export type RedisKind = (typeof redisKinds)[number];

/** A Redis of one kind: how replicas find it, and what can be broken about it. */
export type ChaosRedis = {
  env: Record<string, string>;
  breakages: Breakage[];
  stop(): Promise<void>;
};

export const startRedisOf: Record<RedisKind, () => Promise<ChaosRedis>> = {
  standalone: startStandalone,
  sentinel: async () => sentinelChaos(await startSentinelRedis()),
  cluster: async () => clusterChaos(await startRedisCluster()),
};

type FaultOptions = Partial<Pick<Breakage, 'weight' | 'lasts' | 'forgets'>>;

function redisFault(name: string, begin: Breakage['begin'], options: FaultOptions = {}): Breakage {
  return { kind: 'redis', name: `Redis: ${name}`, weight: 3, lasts: aWhile, begin, ...options };
}

async function startStandalone(): Promise<ChaosRedis> {
  const port = await freePort();
  const start = () => startRedis(['--port', String(port)]);
  let server = await start();
  const line = await startNetwork(port);
  const member = { url: `redis://127.0.0.1:${port}` };
  const pause = () => {
    server.pause();
    return () => server.resume();
  };
  const kill = async () => {
    await server.kill();
    return async () => {
      server = await start();
    };
  };
  const cut = () => {
    line.become('cut');
    return () => line.become('well');
  };
  const slow = () => {
    line.become({ slowMs: 120 });
    return () => line.become('well');
  };
  return {
    env: { REDIS_URL: `redis://127.0.0.1:${line.port}` },
    breakages: [
      redisFault('paused', pause),
      redisFault('killed, all lost', kill, { forgets: true }),
      redisFault('cut off', cut),
      redisFault('slow', slow),
      redisFault('scripts flushed', () => flushScripts([member]), { lasts: atOnce }),
    ],
    stop: async () => {
      await line.close();
      await server.stop();
    },
  };
}

async function flushScripts(members: { url: string }[]) {
  await Promise.allSettled(members.map((one) => ask(one, 'SCRIPT FLUSH')));
  return () => {};
}

/** A failover takes this long, and the old master comes back after it. */
const longEnough = [3_000, 5_000] as const;

function sentinelChaos(redis: SentinelRedis): ChaosRedis {
  const pauseMaster = async () => {
    const old = await redis.master();
    old.pause();
    return async () => {
      await redis.successorOf(old);
      old.resume();
      return () => untilReplica(old);
    };
  };
  const killMaster = async () => {
    const old = await redis.master();
    await old.kill();
    return async () => {
      await redis.successorOf(old);
      await old.start();
      return () => untilReplica(old);
    };
  };
  const failOver = async () => {
    const old = await redis.master();
    await ask(redis.sentinels[0] ?? old, 'SENTINEL FAILOVER main');
    return async () => {
      await redis.successorOf(old);
      return () => untilReplica(old);
    };
  };
  const pauseSentinel = () => {
    const [one] = redis.sentinels;
    one?.pause();
    return () => one?.resume();
  };
  return {
    env: redis.env,
    breakages: [
      redisFault('master paused, failover', pauseMaster, { lasts: longEnough, forgets: true }),
      redisFault('master killed, failover', killMaster, { lasts: longEnough, forgets: true }),
      redisFault('failover ordered', failOver, { lasts: atOnce, forgets: true }),
      redisFault('a Sentinel paused', pauseSentinel),
      redisFault('scripts flushed', () => flushScripts(redis.servers), { lasts: atOnce }),
    ],
    stop: redis.stop,
  };
}

/** It was made a replica of its successor, and has all that this one has. */
function untilReplica(member: { url: string }): Promise<void> {
  return until(async () => {
    const reply = await ask(member, 'INFO replication');
    return reply.includes('role:slave') && reply.includes('master_link_status:up');
  }, 30_000);
}

function clusterChaos(cluster: RedisCluster): ChaosRedis {
  const all = [...cluster.masters, ...cluster.replicas];
  // Each time another pair: who of the two is the master now, the cluster says.
  let turn = 0;
  const pair = async () => {
    turn += 1;
    const index = turn % 3;
    const [one, other] = [all[index], all[index + 3]];
    if (!one || !other) throw new Error('no such pair');
    const isMaster = (await ask(one, 'ROLE')).startsWith('master');
    return isMaster ? { master: one, standby: other } : { master: other, standby: one };
  };
  const untilTaken = (standby: { url: string }) =>
    until(async () => (await ask(standby, 'ROLE')).startsWith('master'), 30_000);
  const pauseMaster = async () => {
    const { master, standby } = await pair();
    master.pause();
    return async () => {
      await untilTaken(standby);
      master.resume();
      return () => untilReplica(master);
    };
  };
  const killMaster = async () => {
    const { master, standby } = await pair();
    await master.kill();
    return async () => {
      await untilTaken(standby);
      await master.start();
      return () => untilReplica(master);
    };
  };
  const failOver = async () => {
    const { master, standby } = await pair();
    await ask(standby, 'CLUSTER FAILOVER');
    return async () => {
      await untilTaken(standby);
      return () => untilReplica(master);
    };
  };
  return {
    env: cluster.env,
    breakages: [
      redisFault('a master paused, failover', pauseMaster, { lasts: longEnough, forgets: true }),
      redisFault('a master killed, failover', killMaster, { lasts: longEnough, forgets: true }),
      redisFault('failover ordered', failOver, { lasts: atOnce, forgets: true }),
      redisFault('scripts flushed', () => flushScripts(all), { lasts: atOnce }),
    ],
    stop: cluster.stop,
  };
}
