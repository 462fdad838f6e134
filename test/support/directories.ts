import { openAsBlob } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import { prismaOutbox } from '../../src/adapters/postgres/audit/outbox.ts';
import { prismaWebhookEndpoints } from '../../src/adapters/postgres/audit/webhook-endpoints.ts';
import {
  connectPostgres,
  type Database,
  withGroups,
} from '../../src/adapters/postgres/connection/client.ts';
import { embeddedStatements } from '../../src/adapters/postgres/connection/statements.ts';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { PrismaClient } from '../../src/adapters/postgres/generated/client.ts';
import { recordSkip } from '../../src/adapters/postgres/users/users.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { roomy } from './limits.ts';
import { testSealing } from './sealing.ts';
import { freshDatabase } from './servers.ts';
import { inTurn } from './stores.ts';
import { use } from './use.ts';

export function directoryOn(database: Database, limits = roomy): Directory {
  return prismaDirectory(database, testSealing, limits);
}

/** Each kind of database, by name: what the directory promises on one, it promises on all. */
export const databases: [name: string, open: () => Promise<Database>][] = [
  ['PGlite', openMemory],
  ['PostgreSQL', openServer],
];

/** One database for the tests of a block, and everything that keeps its rows there. */
export function useDatabase(open: () => Promise<Database>) {
  const database = use(open);
  return {
    database,
    directory: use(() => directoryOn(database)),
    trail: use(() => prismaAuditTrail(database, roomy)),
    outcomes: use(() => directoryOn(database).outcomes),
    outbox: use(() => prismaOutbox(database.prisma, testSealing, roomy)),
    endpoints: use(() => prismaWebhookEndpoints(database.prisma, testSealing, roomy)),
  };
}

/** Several replicas on one PostgreSQL, each with connections of its own. */
export function useReplicas(howMany = 4) {
  const replicas = use(async () => {
    const url = await freshDatabase();
    const databases = Array.from({ length: howMany }, () => connectPostgres(url, roomy));
    return {
      databases,
      directories: databases.map((database) => directoryOn(database)),
      close: () => Promise.all(databases.map((database) => database.close())),
    };
  });
  return { replicas, any: (index: number) => inTurn(replicas.directories, index) };
}

/** Has a user put off setting up a factor, or decline a backup. */
export async function skip(
  prisma: PrismaClient,
  user: UserKey,
  step: 'primary' | 'backup',
): Promise<void> {
  await prisma.$executeRaw(recordSkip(user, step));
}

async function migratedData(): Promise<Blob> {
  return openAsBlob(process.env['TEST_PGLITE_DATA'] ?? '');
}

async function openMemory(): Promise<Database> {
  const db = new PGlite({ loadDataDir: await migratedData() });
  const adapter = new PrismaPGlite(db);
  const { answerMs } = roomy;
  const transactionOptions = { maxWait: answerMs, timeout: answerMs };
  const prisma = new PrismaClient({ adapter, transactionOptions });
  const close = async () => {
    await prisma.$disconnect();
    await db.close();
  };
  // Its statements wait for each other, so groups wait longer than a call may.
  const limits = { answerMs: 2 * answerMs };
  return withGroups({ prisma, run: embeddedStatements(db), close }, limits);
}

/** A server far from UTC, so that a time that lost its zone on the way is noticed. */
async function openServer(): Promise<Database> {
  const url = await freshDatabase();
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(
    `ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET timezone = 'Asia/Tokyo'`,
  );
  await admin.end();
  return connectPostgres(url, roomy);
}

/** Every row of every table, as text. */
export async function textOf({ prisma }: Database): Promise<string> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
  const rows = tables.map(({ name }) =>
    prisma.$queryRawUnsafe<{ rows: string | null }[]>(
      `SELECT string_agg(t::text, E'\\n') AS rows FROM "${name}" t`,
    ),
  );
  return (await Promise.all(rows))
    .flat()
    .map(({ rows }) => rows)
    .join('\n');
}
