import { Pool } from 'pg';
import { type Limits, statementMs } from './limits.ts';
import { prepareSession } from './session.ts';

const defaultConnections = 10;

/** Connections to a PostgreSQL server, or to a PgBouncer before one; made when first needed. */
export function openPool(url: string, limits: Limits, connections = defaultConnections): Pool {
  const pool = new Pool({
    connectionString: withoutTimeLimits(url),
    keepAlive: true,
    max: connections,
    ...timeLimits(limits),
    onConnect: prepareSession,
  });
  // A caller that waits for it hears of it; an idle one is replaced when needed.
  pool.on('error', () => {});
  // Prisma gives a connection back also when it gave up on a statement or on the end of a
  // transaction. What came next would be part of that transaction, and be lost with it.
  pool.on('release', (_error, client) => {
    if (client.getTransactionStatus() !== 'I') void client.end();
  });
  return pool;
}

/** What a URL says goes before what the pool is told. */
function withoutTimeLimits(url: string): string {
  const given = new URL(url);
  for (const name of Object.keys(timeLimits({ answerMs: 0 }))) given.searchParams.delete(name);
  return given.href;
}

/**
 * A login waits for these: whatever state the server is in, a caller hears of it within a second.
 * A server that lost sight of us gives up our transaction, and with it the locks, by itself.
 */
function timeLimits(limits: Limits) {
  return {
    connectionTimeoutMillis: limits.answerMs / 2,
    query_timeout: statementMs(limits),
    statement_timeout: statementMs(limits),
    idle_in_transaction_session_timeout: 2_000,
  };
}
