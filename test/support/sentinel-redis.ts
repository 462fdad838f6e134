import type { RedisTopology } from '../../src/adapters/redis/connection/topology.ts';
import {
  anId,
  ask,
  freePorts,
  listed,
  type Member,
  serverSettings,
  startMember,
  stopAll,
  until,
  untilLinked,
} from './redis-members.ts';

type Form = {
  replicas?: number;
  /** Of the servers, and of the Sentinels themselves. */
  passwords?: { servers: string; sentinels: string };
};

export type SentinelRedis = Awaited<ReturnType<typeof startSentinelRedis>>;

/** A master with replicas, and three Sentinels that replace it when it is away for a second. */
export async function startSentinelRedis({ replicas = 2, passwords }: Form = {}) {
  const [masterPort = 0, ...ports] = await freePorts(replicas + 4);
  const replicaPorts = ports.slice(3);
  const sentinels = ports.slice(0, 3).map((port) => ({ port, id: anId() }));
  const servers = await Promise.all(
    [masterPort, ...replicaPorts].map((port) =>
      startServer(port, { password: passwords?.servers, master: masterPort }),
    ),
  );
  const watchers = await Promise.all(
    sentinels.map(({ port, id }) => {
      // They know of all others from the start: finding them takes seconds.
      const known = [
        ...replicaPorts.map((replica) => `known-replica main 127.0.0.1 ${replica}`),
        ...sentinels
          .filter((other) => other.id !== id)
          .map((other) => `known-sentinel main 127.0.0.1 ${other.port} ${other.id}`),
      ];
      const master = [`monitor main 127.0.0.1 ${masterPort} 2`];
      if (passwords) master.push(`auth-pass main ${passwords.servers}`);
      const lines = [`myid ${id}`, ...master, ...known];
      return startSentinel(port, lines, passwords?.sentinels);
    }),
  );
  await Promise.all(servers.slice(1).map(untilLinked));
  await Promise.all(watchers.map((one) => until(() => canFailOver(one, replicas))));

  /** What two of three Sentinels name. */
  async function master(): Promise<Member> {
    const asked = watchers.map((one) => ask(one, 'SENTINEL get-master-addr-by-name main'));
    const told = (await Promise.allSettled(asked)).map((one) =>
      one.status === 'fulfilled' ? one.value : '',
    );
    const named = servers.find(
      ({ address }) => told.filter((one) => one === `127.0.0.1,${address.port}`).length > 1,
    );
    if (!named) throw new Error('the Sentinels do not agree');
    return named;
  }
  return {
    connection: {
      kind: 'sentinel',
      sentinels: watchers.map(({ address }) => address),
      master: 'main',
      ...(passwords && { password: passwords.servers, sentinelPassword: passwords.sentinels }),
    } satisfies RedisTopology,
    /** The same as settings. */
    env: {
      REDIS_SENTINELS: listed(watchers),
      REDIS_MASTER: 'main',
      ...(passwords && { REDIS_PASSWORD: passwords.servers }),
      ...(passwords && { REDIS_SENTINEL_PASSWORD: passwords.sentinels }),
    },
    servers,
    sentinels: watchers,
    master,
    /** Has the Sentinels replace the master, which is well. */
    failOver: async () => {
      await until(
        async () => (await ask(watchers[0] as Member, 'SENTINEL failover main')) === 'OK',
      );
    },
    /** Waits until another is master in its place, and answers which. */
    async successorOf(old: Member): Promise<Member> {
      await until(async () => (await master()) !== old);
      const next = await master();
      await until(async () => (await ask(next, 'ROLE')).startsWith('master'));
      return next;
    },
    stop: () => stopAll([...watchers, ...servers]),
  };
}

type Role = { password: string | undefined; master: number };

function startServer(port: number, { password, master }: Role): Promise<Member> {
  const replica = port === master ? '' : `replicaof 127.0.0.1 ${master}\n`;
  const settings = `${serverSettings(password)}port ${port}\n${replica}`;
  return startMember({ port, files: { 'redis.conf': settings }, password });
}

function startSentinel(port: number, lines: string[], password?: string): Promise<Member> {
  const timings = ['down-after-milliseconds main 1000', 'failover-timeout main 2000'];
  const own = password ? [`sentinel-pass ${password}`] : [];
  const settings = `bind 127.0.0.1
protected-mode no
port ${port}
${password ? `requirepass ${password}\n` : ''}
${[...own, ...lines, ...timings].map((line) => `sentinel ${line}\n`).join('')}`;
  return startMember({ port, files: { 'sentinel.conf': settings }, sentinel: true, password });
}

async function canFailOver(sentinel: Member, replicas: number): Promise<boolean> {
  const known = await ask(sentinel, 'SENTINEL replicas main');
  const up = known.match(/master-link-status,ok/g)?.length === replicas;
  const fresh = up && !known.includes('disconnected') && !known.includes('info-refresh,0,');
  return fresh && (await ask(sentinel, 'SENTINEL ckquorum main')).startsWith('OK 3');
}
