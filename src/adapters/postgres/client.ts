import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';
import { migrate } from './migrate.ts';

/** An open database; whoever opened it closes it. */
export type Database = { prisma: PrismaClient; close(): Promise<void> };

/** Prisma's adapter sends times without a zone, and means UTC, whatever zone the server is in. */
const session = { keepAlive: true, options: '-c TimeZone=UTC' };

/**
 * A login waits for these: whatever state the server is in, a caller hears of it within a second.
 * A server that lost sight of us gives up our transaction, and with it the locks, by itself.
 */
const limits = {
  max: 10,
  connectionTimeoutMillis: 400,
  query_timeout: 700,
  statement_timeout: 700,
  idle_in_transaction_session_timeout: 2_000,
};

/** A client for a PostgreSQL server; it connects when first used, and again after a loss. */
export function connectPostgres(url: string): Database {
  const adapter = new PrismaPg({ connectionString: url, ...session, ...limits });
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: limits.query_timeout, timeout: limits.query_timeout },
  });
  return { prisma, close: () => prisma.$disconnect() };
}

/** Applies what is pending, without a time limit: a migration may take long. */
export function migratePostgres(url: string): Promise<string[]> {
  return migrate(new PrismaPg({ connectionString: url, max: 1, ...session }));
}
