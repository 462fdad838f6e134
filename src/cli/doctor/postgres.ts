import { Client } from 'pg';
import { connectPostgres } from '../../adapters/postgres/connection/client.ts';
import { commandLimits } from '../../adapters/postgres/connection/limits.ts';
import { missingRights } from '../../adapters/postgres/database.ts';
import type { PrismaClient } from '../../adapters/postgres/generated/client.ts';
import { pendingMigrations } from '../../adapters/postgres/migrations/migrate.ts';
import { refusalOfKeys } from '../../adapters/postgres/sealed/sealing-keys.ts';
import { sealing } from '../../adapters/sealing.ts';
import type { Config } from '../../config/config.ts';
import type { SecretRing } from '../../domain/secrets/keys.ts';
import { clockFinding, type Finding, ill, inTime, reasonOf, well } from './finding.ts';

const oldestVersion = 150_000;

type Facts = { version: number; name: string; standby: boolean; now: number; free: number };

export async function checkPostgres(config: Config): Promise<Finding[]> {
  const { DATABASE_URL: url, DATABASE_POOL: pool } = config;
  if (!url) return [];
  try {
    const since = performance.now();
    const facts = await inTime(ask(url));
    const took = performance.now() - since;
    return [
      ...about(facts, pool),
      clockFinding('PostgreSQL', facts.now, took),
      ...(await inTime(checkTables(url, config))),
    ];
  } catch (error) {
    return [ill(`DATABASE_URL: ${reasonOf(error)}: start PostgreSQL, or correct the address`)];
  }
}

async function ask(url: string): Promise<Facts> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 4_000 });
  await client.connect();
  try {
    const { rows } = await client.query<Facts>(`
      SELECT current_setting('server_version_num')::int AS version,
        current_setting('server_version') AS name,
        pg_is_in_recovery() AS standby,
        extract(epoch FROM clock_timestamp())::float8 * 1000 AS now,
        current_setting('max_connections')::int
          - current_setting('superuser_reserved_connections')::int AS free`);
    const [facts] = rows;
    if (!facts) throw new Error('it answers nothing');
    return facts;
  } finally {
    await client.end();
  }
}

function about({ version, name, standby, free }: Facts, pool: number): Finding[] {
  return [
    version >= oldestVersion
      ? well(`PostgreSQL ${name}`)
      : ill(`PostgreSQL ${name} is too old: 15 or later is needed`),
    standby
      ? ill('DATABASE_URL leads to a standby, which takes no writes: name the primary')
      : well('PostgreSQL takes writes'),
    pool < free
      ? well(`${Math.floor(free / pool)} replicas with DATABASE_POOL ${pool} have room in it`)
      : ill(`DATABASE_POOL ${pool} is more than PostgreSQL has (${free}): lower it`),
  ];
}

async function checkTables(url: string, { SECRETS: secrets }: Config): Promise<Finding[]> {
  const database = connectPostgres(url, commandLimits);
  try {
    const { prisma } = database;
    const pending = await pendingMigrations(prisma);
    if (pending.length > 0) return [ill(`${pending.length} migrations are pending: run migrate`)];
    const keys = secrets ? [await checkKeys(prisma, secrets)] : [];
    return [well('every migration is applied'), await checkRights(prisma), ...keys];
  } finally {
    await database.close();
  }
}

async function checkRights(prisma: PrismaClient): Promise<Finding> {
  const rights = await missingRights(prisma);
  return rights
    ? ill(`the role in DATABASE_URL lacks the right to ${rights}: GRANT it`)
    : well('PostgreSQL gives all rights that are needed');
}

async function checkKeys(prisma: PrismaClient, secrets: SecretRing): Promise<Finding> {
  const refusal = await refusalOfKeys(prisma, sealing(secrets));
  return refusal ? ill(`${refusal}: put it back`) : well('SECRETS opens every row');
}
