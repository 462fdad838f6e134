import type { ClientBase } from 'pg';
import { SetupError } from '../../../domain/ports/database.ts';
import { readOnly } from './unavailable.ts';

/** Others may be set on a server, role or URL. PgBouncer ignores connection options, but keeps what it tracks. */
const pinned: Record<string, string> = {
  // Prisma's adapter sends and reads UTC times without a zone.
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',
  transform_null_equals: 'off',
  search_path: 'public',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  // A policy that hides rows becomes an error: a wrong guess must not go unseen.
  row_security: 'off',
  // Compiling a query takes longer than a statement may, and a fresh database has no statistics.
  jit: 'off',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
  synchronous_commit: 'on',
};

/** PgBouncer does not keep these: their defaults must be right already. */
const untracked: Record<string, RegExp> = {
  search_path: /^("\$user", ?)?public$/,
  default_transaction_isolation: /^read committed$/,
  synchronous_commit: /^(on|remote_\w+)$/,
};

type Session = {
  pid: number;
  readOnly: boolean;
  encoding: string;
  replicationRole: string;
  /** The defaults of the server, the database and the role. */
  defaults: Record<string, string>;
};

/**
 * Sets up a new connection, or refuses it.
 *
 * @returns whether it leads to a pooler.
 * @throws SetupError, or Error with `readOnly`.
 */
export async function prepareSession(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<Session>(
    `SELECT pg_backend_pid() AS pid, current_setting('server_encoding') AS encoding,
       current_setting('transaction_read_only') = 'on' AS "readOnly",
       current_setting('session_replication_role') AS "replicationRole",
       (SELECT json_object_agg(name, reset_val) FROM pg_settings
         WHERE name = ANY($1)) AS defaults,
       (SELECT count(set_config(name, CASE WHEN name = 'synchronous_commit'
           AND setting LIKE 'remote%' THEN setting ELSE value END, false))
         FROM unnest($1::text[], $2::text[]) AS pinned(name, value) JOIN pg_settings USING (name))`,
    [Object.keys(pinned), Object.values(pinned)],
  );
  const [session] = rows;
  if (!session) throw new Error('A session always describes itself');
  const pooled = isPooled(session, client);
  requireUsable(session, pooled);
  return pooled;
}

function requireUsable(session: Session, pooled: boolean): void {
  const { encoding, replicationRole } = session;
  if (encoding !== 'UTF8')
    throw new SetupError(`The encoding of the database is ${encoding}, and must be UTF8`);
  if (replicationRole !== 'origin')
    throw new SetupError(`session_replication_role is ${replicationRole}, and must be origin`);
  if (pooled) requireDefaults(session.defaults);
  // After a failover, a name may still lead to the old primary.
  if (session.readOnly) throw new Error(readOnly);
}

/** Behind a pooler, another process answers than the one that accepted the connection. */
function isPooled({ pid }: Session, client: ClientBase): boolean {
  return (client as ClientBase & { processID: number }).processID !== pid;
}

function requireDefaults(defaults: Record<string, string>): void {
  for (const [name, fine] of Object.entries(untracked)) {
    const value = defaults[name] ?? '';
    if (!fine.test(value))
      throw new SetupError(
        `Behind PgBouncer the role must have ${name} = ${pinned[name]}, and has ${value}`,
      );
  }
}
