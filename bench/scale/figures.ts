import type { Redis } from 'ioredis';
import type { Client } from 'pg';
import type { Bench } from './bench.ts';
import { bytesByKind, type KeyBytes } from './redis-keys.ts';
import { cleared, openLoad, type Terms } from './run.ts';
import { rounded } from './statistics.ts';

/** What one login costs the stores; everything but `keys` is per login. */
export type Figures = {
  logins: number;
  redis: Record<string, number>;
  keys: Record<string, KeyBytes>;
  postgres: Record<string, number>;
  statements: { query: string; calls: number; milliseconds: number }[];
};

/** So many people sign in, hardly any of them twice, on one replica and one master. */
export async function figuresPerLogin(bench: Bench, { lanes, seconds }: Terms): Promise<Figures> {
  const side = await cleared(bench, 1);
  const redis = side.servers[0] as Redis;
  const { load, stop } = openLoad(bench, side.replicas.slice(0, 1), lanes);
  try {
    await redis.config('RESETSTAT');
    await bench.admin.query('SELECT pg_stat_statements_reset()');
    const [redisBefore, postgresBefore] = [await lookAtRedis(redis), await lookAt(bench.admin)];
    const { logins: count } = await load.measure(seconds);
    const [redisAfter, postgresAfter] = [await lookAtRedis(redis), await lookAt(bench.admin)];
    const keys = await bytesByKind(redis);
    const statements = await statementsPerLogin(bench.admin, count);
    const per = (before: Look, after: Look) => perLogin(before, after, count);
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

type Look = Record<string, number>;

function perLogin(before: Look, after: Look, logins: number): Look {
  const entries = Object.keys(after).map((name) => {
    const grown = (after[name] ?? 0) - (before[name] ?? 0);
    return [name, rounded(grown / logins, 4)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value >= 0.01 || value < 0));
}

const wanted =
  /^(used_memory|used_cpu_user_main_thread|used_cpu_sys_main_thread|total_net_(?:in|out)put_bytes):([\d.]+)/gm;

async function lookAtRedis(redis: Redis): Promise<Look> {
  const info = `${await redis.info()}\n${await redis.info('commandstats')}`;
  const totals = [...info.matchAll(wanted)].map(([, name = '', value]) => {
    const isTime = name.startsWith('used_cpu');
    return [isTime ? `${name}_ms` : name, Number(value) * (isTime ? 1000 : 1)] as const;
  });
  const commands = [...info.matchAll(/^cmdstat_(\S+):calls=(\d+),usec=(\d+)/gm)];
  const calls = commands.map(([, name, count]) => [`calls ${name}`, Number(count)] as const);
  const times = commands.map(([, name, , us]) => [`us ${name}`, Number(us)] as const);
  return Object.fromEntries([...totals, ...calls, ...times]);
}

async function lookAt(admin: Client): Promise<Look> {
  const { rows } = await admin.query(`
    SELECT wal_bytes::float8, wal_records::float8, wal_fpi::float8 AS full_page_images,
      pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS transaction_ids,
      (SELECT count(*)::float8 FROM events) AS events,
      (SELECT count(*)::float8 FROM spent_ids) AS spent_ids
    FROM pg_stat_wal`);
  return rows[0];
}

async function statementsPerLogin(admin: Client, logins: number): Promise<Figures['statements']> {
  const { rows } = await admin.query(
    `SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 60) AS query,
       round(calls::numeric / $1, 2)::float8 AS calls,
       round(mean_exec_time::numeric, 3)::float8 AS milliseconds
     FROM pg_stat_statements WHERE calls > $1::int / 2 ORDER BY calls DESC`,
    [logins],
  );
  return rows;
}
