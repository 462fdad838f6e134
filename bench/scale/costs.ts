import type { Redis } from 'ioredis';
import type { Client } from 'pg';
import { bytesByKind, type KeyBytes } from '../shared/redis-keys.ts';
import { rounded } from '../shared/statistics.ts';
import type { Bench } from './bench.ts';
import { clearStores, type LoadOptions, openLoad } from './run.ts';

/** What one login costs the stores. Everything except `keys` is for one login. */
export type Costs = {
  logins: number;
  redis: Record<string, number>;
  keys: Record<string, KeyBytes>;
  postgres: Record<string, number>;
  statements: { query: string; calls: number; milliseconds: number }[];
};

/** Lets many people sign in, on one replica and one Redis master. */
export async function measureCosts(
  bench: Bench,
  { concurrency, seconds }: LoadOptions,
): Promise<Costs> {
  const deployment = await clearStores(bench, 1);
  const redis = deployment.servers[0] as Redis;
  const { load, stop } = openLoad(bench, deployment.replicas.slice(0, 1), concurrency);
  try {
    await redis.config('RESETSTAT');
    await bench.admin.query('SELECT pg_stat_statements_reset()');
    const [redisBefore, postgresBefore] = [await readRedis(redis), await readPostgres(bench.admin)];
    const { logins: count } = await load.measure(seconds);
    const [redisAfter, postgresAfter] = [await readRedis(redis), await readPostgres(bench.admin)];
    const keys = await bytesByKind(redis);
    const statements = await statementsPerLogin(bench.admin, count);
    const per = (before: Counters, after: Counters) => perLogin(before, after, count);
    return {
      logins: count,
      redis: per(redisBefore, redisAfter),
      keys,
      postgres: per(postgresBefore, postgresAfter),
      statements,
    };
  } finally {
    await stop();
  }
}

type Counters = Record<string, number>;

function perLogin(before: Counters, after: Counters, logins: number): Counters {
  const entries = Object.keys(after).map((name) => {
    const growth = (after[name] ?? 0) - (before[name] ?? 0);
    return [name, rounded(growth / logins, 4)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value >= 0.01 || value < 0));
}

const counterPattern =
  /^(used_memory|used_cpu_user_main_thread|used_cpu_sys_main_thread|total_net_(?:in|out)put_bytes):([\d.]+)/gm;

async function readRedis(redis: Redis): Promise<Counters> {
  const info = `${await redis.info()}\n${await redis.info('commandstats')}`;
  const totals = [...info.matchAll(counterPattern)].map(([, name = '', value]) => {
    const isTime = name.startsWith('used_cpu');
    return [isTime ? `${name}_ms` : name, Number(value) * (isTime ? 1000 : 1)] as const;
  });
  const commands = [...info.matchAll(/^cmdstat_(\S+):calls=(\d+),usec=(\d+)/gm)];
  const calls = commands.map(([, name, count]) => [`calls ${name}`, Number(count)] as const);
  const times = commands.map(([, name, , us]) => [`us ${name}`, Number(us)] as const);
  return Object.fromEntries([...totals, ...calls, ...times]);
}

async function readPostgres(admin: Client): Promise<Counters> {
  const { rows } = await admin.query(`
    SELECT wal_bytes::float8, wal_records::float8, wal_fpi::float8 AS full_page_images,
      pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS transaction_ids,
      (SELECT count(*)::float8 FROM events) AS events,
      (SELECT count(*)::float8 FROM spent_ids) AS spent_ids
    FROM pg_stat_wal`);
  return rows[0];
}

async function statementsPerLogin(admin: Client, logins: number): Promise<Costs['statements']> {
  const { rows } = await admin.query(
    `SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 60) AS query,
       round(calls::numeric / $1, 2)::float8 AS calls,
       round(mean_exec_time::numeric, 3)::float8 AS milliseconds
     FROM pg_stat_statements WHERE calls > $1::int / 2 ORDER BY calls DESC`,
    [logins],
  );
  return rows;
}
