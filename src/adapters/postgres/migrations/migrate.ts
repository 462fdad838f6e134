import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PrismaClient } from '../generated/client.ts';
import { type AdapterFactory, withSchemaEngine } from './schema-engine.ts';

const folder = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));

let known: Promise<string[]> | undefined;

/**
 * Brings a database up to date. Two at once are safe: the engine holds an advisory lock, for which
 * the adapter must have one connection only.
 *
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(factory: AdapterFactory): Promise<string[]> {
  const migrationsList = await readMigrations();
  const filters = { externalTables: [], externalEnums: [] };
  const { appliedMigrationNames } = await withSchemaEngine(factory, (engine) =>
    engine.applyMigrations({ migrationsList, filters }),
  );
  return appliedMigrationNames;
}

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

/** The migrations as the engine wants to have them. */
export async function readMigrations() {
  const lockfile = 'migration_lock.toml';
  const names = await migrationNames();
  return {
    baseDir: folder,
    lockfile: { path: lockfile, content: await readFile(join(folder, lockfile), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(names.map(readMigration)),
  };
}

async function readMigration(name: string) {
  const value = await readFile(join(folder, name, 'migration.sql'), 'utf8');
  return {
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } },
  };
}
