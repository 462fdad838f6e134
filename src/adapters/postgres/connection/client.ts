import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { migrate } from '../migrations/migrate.ts';
import { loginLimits, statementMs } from './limits.ts';
import { openPool } from './pool.ts';

/** An open database. The caller that opened it closes it. */
export type Database = { prisma: PrismaClient; close(): Promise<void> };

/** A client for a PostgreSQL server. It connects at first use, and again after a loss. */
export function connectPostgres(url: string, limits = loginLimits, connections?: number): Database {
  const pool = openPool(url, limits, connections);
  const timeout = statementMs(limits);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: timeout, timeout },
  });
  const close = async () => {
    await prisma.$disconnect();
    await pool.end();
  };
  return { prisma, close };
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
