import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { PrismaClient } from '../generated/client.ts';

/** The same for the sources and for the bundle. */
const folder = join(dirname(findPackageJSON(import.meta.url) ?? ''), 'prisma/migrations');

/** One connection to a database, as both pg and PGlite offer it. */
export type Session = {
  /** Statements without parameters, several at once. */
  exec(sql: string): Promise<unknown>;
  query(sql: string, parameters: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
};

type Migration = { name: string; sql: string; checksum: string };

/** The table and the lock are those of `prisma migrate deploy`, so that both may be used in turn. */
const begin = `
  BEGIN;
  SET LOCAL statement_timeout = 0;
  SET LOCAL lock_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL search_path = public;
  SELECT pg_advisory_xact_lock(72707369);
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY NOT NULL,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  );`;

/**
 * Brings a database up to date. Each migration is one transaction, under a lock: of processes that
 * migrate at once, one does it and the others find it done.
 *
 * @returns the names of the migrations that were applied now.
 * @throws Error in one line, when one fails, failed before, or was edited after it was applied.
 */
export async function migrate(session: Session): Promise<string[]> {
  const applied: string[] = [];
  for (const name of await migrationNames()) {
    const migration = await readMigration(name);
    if (await applyOnce(session, migration)) applied.push(name);
  }
  return applied;
}

/** @returns false when it was applied before. */
async function applyOnce(session: Session, migration: Migration): Promise<boolean> {
  await session.exec(begin);
  try {
    const isNew = !(await isApplied(session, migration));
    if (isNew) await apply(session, migration);
    await session.exec('COMMIT');
    return isNew;
  } catch (thrown) {
    await session.exec('ROLLBACK').catch(() => {});
    throw thrown;
  }
}

async function isApplied(session: Session, { name, checksum }: Migration): Promise<boolean> {
  const { rows } = await session.query(
    `SELECT checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations
     WHERE migration_name = $1 AND rolled_back_at IS NULL`,
    [name],
  );
  if (rows.some(({ finished }) => !finished))
    throw new Error(`The migration ${name} failed half way: see prisma migrate resolve`);
  if (rows.some((row) => row.checksum !== checksum))
    throw new Error(`The migration ${name} was edited after it was applied`);
  return rows.length > 0;
}

async function apply(session: Session, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await session.exec(sql);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The migration ${name} failed and changed nothing: ${reason}`, { cause });
  }
  await session.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
}

let known: Promise<string[]> | undefined;

/** Names of the migrations that the database does not have yet; cheap, unlike applying them. */
export async function pendingMigrations(prisma: PrismaClient): Promise<string[]> {
  known ??= migrationNames();
  const [names, applied] = await Promise.all([known, appliedMigrations(prisma)]);
  return names.filter((name) => !applied.has(name));
}

async function appliedMigrations(prisma: PrismaClient): Promise<Set<string>> {
  const [answer] = await prisma.$queryRaw<{ exists: boolean }[]>`
    SELECT to_regclass('_prisma_migrations') IS NOT NULL AS "exists"`;
  if (!answer?.exists) return new Set();
  const rows = await prisma.$queryRaw<{ migration_name: string }[]>`
    SELECT migration_name FROM _prisma_migrations
    WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  return new Set(rows.map((row) => row.migration_name));
}

async function migrationNames(): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readMigration(name: string): Promise<Migration> {
  const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
  return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}
