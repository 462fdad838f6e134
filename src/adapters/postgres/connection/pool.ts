import { type ClientBase, Pool } from 'pg';
import { type Limits, statementMs } from './limits.ts';
import { readOnly } from './unavailable.ts';

/** As many connections as a replica makes unless it is told otherwise. */
const usualConnections = 10;

/** Connections to a PostgreSQL server, or to a PgBouncer before one; made when first needed. */
export function openPool(url: string, limits: Limits, connections = usualConnections): Pool {
  const pool = new Pool({
    connectionString: url,
    keepAlive: true,
    max: connections,
    ...timeLimits(limits),
    onConnect: prepare,
  });
  // Whoever waits for it is told; one that nobody uses is made anew when it is needed.
  pool.on('error', () => {});
  // Prisma gives a connection back also when it gave up on a statement or on the end of a
  // transaction. What came next would be part of that transaction, and be lost with it.
  pool.on('release', (_error, client) => {
    if (client.getTransactionStatus() !== 'I') void client.end();
  });
  return pool;
}

/**
 * Prisma's adapter sends and reads times without a zone, and means UTC, whatever zone the server is
 * in. PgBouncer ignores a zone among the options of a connection, but keeps one that is set. And
 * after a failover a name may still lead to a server that has become a standby.
 */
async function prepare(client: ClientBase): Promise<void> {
  const { rows } = await client.query(`
    SELECT set_config('TimeZone', 'UTC', false), current_setting('transaction_read_only') AS fixed`);
  if (rows[0].fixed === 'on') throw new Error(readOnly);
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
