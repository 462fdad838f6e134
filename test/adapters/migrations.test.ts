import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { connectPostgres, migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { PrismaClient } from '../../src/adapters/postgres/generated/client.ts';
import {
  migrate,
  pendingMigrations,
  readMigrations,
} from '../../src/adapters/postgres/migrations/migrate.ts';
import { withSchemaEngine } from '../../src/adapters/postgres/migrations/schema-engine.ts';
import { Problem } from '../../src/domain/problems.ts';
import { directoryOn } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { createDatabase, type Server, startPostgres } from '../support/servers.ts';

const all = ['20261122000000_init', '20261122200000_spent_ids'];

let server: Server;

beforeAll(async () => {
  server = await startPostgres();
}, 60_000);

afterAll(() => server.stop());

test('every migration is applied once, on PostgreSQL', async () => {
  const url = await createDatabase(server.url, 'once');
  expect(await migratePostgres(url)).toEqual(all);
  expect(await migratePostgres(url)).toEqual([]);
});

test('every migration is applied once, on PGlite', async () => {
  const db = new PGlite();
  const adapter = new PrismaPGlite(db);
  const prisma = new PrismaClient({ adapter });
  expect(await pendingMigrations(prisma)).toEqual(all);
  expect(await migrate(adapter)).toEqual(all);
  expect(await pendingMigrations(prisma)).toEqual([]);
  expect(await migrate(adapter)).toEqual([]);
  await db.close();
}, 60_000);

test('of processes that migrate at once, one does it and the others find it done', async () => {
  const url = await createDatabase(server.url, 'at_once');
  const applied = await Promise.all([1, 2, 3].map(() => migratePostgres(url)));
  expect(applied.flat()).toEqual(all);
});

test('a migration may take long, whatever limit its database has for a statement', async () => {
  const url = await createDatabase(server.url, 'hasty');
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('ALTER DATABASE hasty SET statement_timeout = 1');
  await admin.end();
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

test('the migrations lead to exactly the schema', async () => {
  const content = await readFile('prisma/schema.prisma', 'utf8');
  const migrations = await readMigrations();
  // Not over PrismaPg, which does not know a type of the system tables that the engine reads.
  const { stdout } = await withSchemaEngine(new PrismaPGlite(new PGlite()), (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
  expect(stdout?.trim()).toBe('-- This is an empty migration.');
}, 60_000);
