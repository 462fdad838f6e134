import { Redis } from 'ioredis';
import { startRedisCluster } from '../../test/support/redis-topologies.ts';
import { startRedis } from '../../test/support/servers.ts';

/** A layout of Redis to compare. */
export type Layout = {
  masters: 1 | 3;
  /** The service's settings for it. */
  env: Record<string, string>;
  servers: Redis[];
  pids: number[];
  stop(): Promise<void>;
};

export async function oneMaster(): Promise<Layout> {
  const { url, stop } = await startRedis();
  return layout(1, { env: { REDIS_URL: url }, urls: [url], stop });
}

export async function threeMasters(): Promise<Layout> {
  const { env, masters, stop } = await startRedisCluster({ replicas: false });
  return layout(3, { env, urls: masters.map(({ url }) => url), stop });
}

type Started = { env: Record<string, string>; urls: string[]; stop(): Promise<void> };

async function layout(masters: 1 | 3, { env, urls, stop }: Started): Promise<Layout> {
  const servers = urls.map((url) => new Redis(url));
  const infos = await Promise.all(servers.map((server) => server.info('server')));
  return {
    masters,
    env,
    servers,
    pids: infos.map((info) => Number(/process_id:(\d+)/.exec(info)?.[1])),
    async stop() {
      for (const server of servers) server.disconnect();
      await stop();
    },
  };
}
