import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { connectPostgres, migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { PrismaClient } from '../../src/adapters/postgres/generated/client.ts';
import { migrate, pendingMigrations } from '../../src/adapters/postgres/migrations/migrate.ts';
import { Problem } from '../../src/domain/problems.ts';
import { directoryOn } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { schemaColumns, schemaIndexes } from '../support/schema-columns.ts';
import { createDatabase, type Server, startPostgres } from '../support/servers.ts';

const all = readdirSync('prisma/migrations')
  .filter((name) => /^\d/.test(name))
  .sort();

let server: Server;

beforeAll(async () => {
  server = await startPostgres();
}, 60_000);

afterAll(() => server.stop());

async function ask(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('every migration is applied once, on PostgreSQL', async () => {
  const url = await createDatabase(server.url, 'once');
  expect(await migratePostgres(url)).toEqual(all);
  expect(await migratePostgres(url)).toEqual([]);
});

test('every migration is applied once, on PGlite', async () => {
  const db = new PGlite();
  const prisma = new PrismaClient({ adapter: new PrismaPGlite(db) });
  expect(await pendingMigrations(prisma)).toEqual(all);
  expect(await migrate(db)).toEqual(all);
  expect(await pendingMigrations(prisma)).toEqual([]);
  expect(await migrate(db)).toEqual([]);
  await db.close();
}, 60_000);

test('of processes that migrate at once, one does it and the others find it done', async () => {
  const url = await createDatabase(server.url, 'at_once');
  const applied = await Promise.all([1, 2, 3].map(() => migratePostgres(url)));
  expect(applied.flat().sort()).toEqual(all);
});

test('a migration may take long, with any statement limit of the database', async () => {
  const url = await createDatabase(server.url, 'hasty');
  await ask(server.url, 'ALTER DATABASE hasty SET statement_timeout = 1');
  expect(await migratePostgres(url)).toEqual(all);
});

test('a service does not call itself ready while a migration is pending', async () => {
  const url = await createDatabase(server.url, 'pending');
  const { prisma, close } = connectPostgres(url, roomy);
  const { ping } = directoryOn(prisma).database;
  expect(await pendingMigrations(prisma)).toEqual(all);
  const refusal = await ping().catch((thrown: unknown) => thrown);
  expect(Problem.is(refusal, 'unavailable')).toBe(true);
  expect(refusal).toMatchObject({ cause: { message: expect.stringContaining('pending') } });
  await migratePostgres(url);
  await expect(ping()).resolves.toBeUndefined();
  await close();
});

test('a migration that fails changes nothing, and gives one line', async () => {
  const url = await createDatabase(server.url, 'in_the_way');
  await ask(url, 'CREATE TABLE spent_ids (id text)');
  const line = 'The migration 20261122200000_spent_ids failed and changed nothing: relation';
  await expect(migratePostgres(url)).rejects.toThrow(line);
  const applied = await ask(url, 'SELECT migration_name AS name FROM _prisma_migrations');
  expect(applied).toEqual([{ name: '20261122000000_init' }]);
  await ask(url, 'DROP TABLE spent_ids');
  expect(await migratePostgres(url)).toEqual(all.slice(1));
});

test.each([
  ['was edited after it was applied', `SET checksum = 'other'`],
  ['failed half way', 'SET finished_at = NULL'],
])('a migration that %s is not passed over', async (words, change) => {
  const url = await createDatabase(server.url, `changed_${words.length}`);
  await migratePostgres(url);
  await ask(url, `UPDATE _prisma_migrations ${change} WHERE migration_name LIKE '%init'`);
  await expect(migratePostgres(url)).rejects.toThrow(`The migration ${all[0]} ${words}`);
});

test("what is applied is written down as Prisma's own tool reads it", async () => {
  const url = await createDatabase(server.url, 'as_prisma');
  await migratePostgres(url);
  const [first] = await ask(url, 'SELECT * FROM _prisma_migrations ORDER BY migration_name');
  const sql = readFileSync(`prisma/migrations/${all[0]}/migration.sql`);
  expect(first).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    checksum: createHash('sha256').update(sql).digest('hex'),
    migration_name: all[0],
    started_at: expect.any(Date),
    finished_at: expect.any(Date),
    rolled_back_at: null,
    applied_steps_count: 1,
    logs: null,
  });
});

test('the migrations lead to the columns and indexes of the schema', async () => {
  const url = await createDatabase(server.url, 'as_schema');
  await migratePostgres(url);
  const columns = await ask(
    url,
    `SELECT c.relname || '.' || a.attname || ' ' || t.typname
        || CASE WHEN t.typname = 'timestamptz' AND a.atttypmod <> -1 AND a.atttypmod <> 6
          THEN '(' || a.atttypmod || ')' ELSE '' END
        || CASE WHEN a.attnotnull THEN '' ELSE ' null' END AS line
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
        AND NOT a.attisdropped AND c.relname <> '_prisma_migrations'`,
  );
  // The schema does not say whether a list may be null.
  const lines = columns.map(({ line }) => String(line).replace(/ _text null$/, ' _text'));
  expect(lines.sort()).toEqual(schemaColumns());
  const indexes = await ask(
    url,
    `SELECT tablename || substring(indexdef FROM '\\(.*\\)$') AS line FROM pg_indexes
      WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
        AND indexdef NOT LIKE '%WHERE%'`,
  );
  expect(indexes.map(({ line }) => line).sort()).toEqual(schemaIndexes());
});
