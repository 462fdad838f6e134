import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { groupedChanges, type WriteChange } from '../grouped/changes.ts';
import { groupedReads, type ReadUser } from '../grouped/user-rows.ts';
import { migrate } from '../migrations/migrate.ts';
import { type Limits, loginLimits, statementMs } from './limits.ts';
import { openPool } from './pool.ts';
import type { RunStatement } from './statements.ts';

type Connected = {
  prisma: PrismaClient;
  /** For the statements of every login. Prisma's own are planned anew each time. */
  run: RunStatement;
  close(): Promise<void>;
  /** Connections of the pool, where there is one. */
  connections?: () => { open: number; idle: number; waiting: number };
};

/** An open database. The caller that opened it closes it. */
export type Database = Connected & { readUser: ReadUser; change: WriteChange };

/** A client for a PostgreSQL server. It connects at first use, and again after a loss. */
export function connectPostgres(
  url: string,
  limits = loginLimits,
  max?: number,
  onGroup?: (changes: number) => void,
): Database {
  const { pool, run } = openPool(url, limits, max);
  const timeout = statementMs(limits);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: timeout, timeout },
  });
  const close = async () => {
    await prisma.$disconnect();
    await pool.end();
  };
  const connections = () => ({
    open: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  });
  return withGroups({ prisma, run, close, connections }, limits, onGroup);
}

/** All ports on one database share its groups. */
export function withGroups(
  connected: Connected,
  limits: Limits,
  onGroup?: (changes: number) => void,
): Database {
  const { run } = connected;
  const [readUser, change] = [groupedReads(run, limits), groupedChanges(run, limits, onGroup)];
  return { ...connected, readUser, change };
}

/** Applies pending migrations, without a time limit: one may take long. */
export async function migratePostgres(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url, keepAlive: true });
  await client.connect();
  try {
    return await migrate({
      exec: (sql) => client.query(sql),
      query: (sql, parameters) => client.query(sql, parameters),
    });
  } finally {
    await client.end();
  }
}
