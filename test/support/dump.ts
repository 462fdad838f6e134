import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { Service } from './service.ts';

type Stores = Pick<Service, 'databaseUrl' | 'redisUrl'>;

/** Everything both stores hold, a row or a key a line, in a fixed order. */
export async function dump({ databaseUrl, redisUrl }: Stores): Promise<string> {
  const [rows, keys] = await Promise.all([dumpPostgres(databaseUrl), dumpRedis(redisUrl)]);
  return [...rows, ...keys].join('\n');
}

async function dumpPostgres(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const lines: string[] = [];
  const tables = await client.query(
    `SELECT quote_ident(relname) AS name FROM pg_class
     WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  for (const { name } of tables.rows) {
    const { rows } = await client.query(`SELECT t::text AS line FROM ${name} t ORDER BY 1`);
    lines.push(...rows.map(({ line }) => `${name} ${line}`));
  }
  await client.end();
  return lines;
}

export async function dumpRedis(url: string): Promise<string[]> {
  const redis = new Redis(url);
  const lines: string[] = [];
  for (const key of (await redis.keys('*')).sort())
    lines.push(`${key} ${await contentOf(redis, key)}`);
  await redis.quit();
  return lines;
}

async function contentOf(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'string':
      return (await redis.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(
        Object.entries(await redis.hgetall(key)).sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    case 'zset':
      return (await redis.zrange(key, '0', '-1')).join(' ');
    case 'set':
      return (await redis.smembers(key)).sort().join(' ');
    case 'list':
      return (await redis.lrange(key, 0, -1)).join(' ');
    case 'none':
      // Its time was over since it was named.
      return '';
    default:
      throw new Error(`a kind of key that this dump cannot read: ${key}`);
  }
}
