import { Pool } from 'pg';
import { type Limits, statementMs } from './limits.ts';
import { prepareSession } from './session.ts';
import { type RunStatement, statementsOn } from './statements.ts';

export const defaultConnections = 10;

/** Connections to a PostgreSQL server, or to PgBouncer. They open when first needed. */
export function openPool(
  url: string,
  limits: Limits,
  connections = defaultConnections,
): { pool: Pool; run: RunStatement } {
  let pooled = true;
  const pool = new Pool({
    connectionString: withoutTimeLimits(url),
    keepAlive: true,
    max: connections,
    ...timeLimits(limits),
    async onConnect(client) {
      // Between two users, a connection that ends has no listener: the process would end with it.
      client.on('error', () => {});
      pooled = await prepareSession(client);
    },
  });
  // Callers get the error of their own query. The pool replaces idle connections.
  pool.on('error', () => {});
  // Prisma may return a connection inside a transaction that it gave up. The next query would become
  // part of that transaction, and be lost with it.
  pool.on('release', (_error, client) => {
    if (client.getTransactionStatus() !== 'I') void client.end();
  });
  return { pool, run: statementsOn(pool, () => !pooled) };
}

/** A limit in the URL would override the limit of the pool. */
function withoutTimeLimits(url: string): string {
  const given = new URL(url);
  for (const name of Object.keys(timeLimits({ answerMs: 0 }))) given.searchParams.delete(name);
  return given.href;
}

/** A caller gets an answer within a second. A server that loses the connection ends our transaction by itself. */
function timeLimits(limits: Limits) {
  return {
    connectionTimeoutMillis: limits.answerMs / 2,
    query_timeout: statementMs(limits),
    statement_timeout: statementMs(limits),
    idle_in_transaction_session_timeout: 2_000,
  };
}
