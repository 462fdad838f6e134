import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';
import { type Limits, loginLimits } from './limits.ts';
import { migrate } from './migrate.ts';

/** An open database; whoever opened it closes it. */
export type Database = { prisma: PrismaClient; close(): Promise<void> };

/** Prisma's adapter sends times without a zone, and means UTC, whatever zone the server is in. */
const session = { keepAlive: true, options: '-c TimeZone=UTC' };

/**
 * A login waits for these: whatever state the server is in, a caller hears of it within a second.
 * A server that lost sight of us gives up our transaction, and with it the locks, by itself.
 */
function poolLimits({ answerMs }: Limits) {
  const statementMs = answerMs - 100;
  return {
    max: 10,
    connectionTimeoutMillis: answerMs / 2,
    query_timeout: statementMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: 2_000,
  };
}

/** A client for a PostgreSQL server; it connects when first used, and again after a loss. */
export function connectPostgres(url: string, limits = loginLimits): Database {
  const pool = poolLimits(limits);
  const adapter = new PrismaPg({ connectionString: url, ...session, ...pool });
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: pool.query_timeout, timeout: pool.query_timeout },
  });
  return { prisma, close: () => prisma.$disconnect() };
}

/** Applies what is pending, without a time limit: a migration may take long. */
export function migratePostgres(url: string): Promise<string[]> {
  return migrate(new PrismaPg({ connectionString: url, max: 1, ...session }));
}
