/** A database that answers and refuses is unavailable: readiness says so, and the log once. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import { connectPostgres, type Database } from '../../src/adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { type Sealing, sealing } from '../../src/adapters/sealing.ts';
import type { Log } from '../../src/domain/ports.ts';
import { Problem } from '../../src/domain/problems.ts';
import { watchDatabase } from '../../src/process/watch-database.ts';
import { expectUnavailable } from '../support/away.ts';
import { roomy } from '../support/limits.ts';
import { anEntry, anEvent, confirmation, enrol, knownMember, someone } from '../support/people.ts';
import { freshDatabase } from '../support/servers.ts';
import { randomSecret } from '../support/service.ts';

const k1 = randomSecret('k1');

let admin: Client;
let name: string;
let role: string;
let url: string;
let databases: Database[];

beforeEach(async () => {
  url = await freshDatabase();
  name = new URL(url).pathname.slice(1);
  role = `role_${name}`;
  admin = new Client({ connectionString: process.env['TEST_DATABASE_URL'] });
  await admin.connect();
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'right'`);
  await inside(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
  databases = [];
});

afterEach(async () => {
  await Promise.all(databases.map(({ close }) => close()));
  await admin.end();
});

async function inside(sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

function open(sealed: Sealing = sealing([k1])) {
  const there = new URL(url);
  there.username = role;
  there.password = 'right';
  const database = connectPostgres(there.href, roomy);
  databases.push(database);
  return prismaDirectory(database, sealed, roomy);
}

/** What a watch says: the messages, and the reasons with them. */
function listen() {
  const lines: string[] = [];
  const say = (context: object, message: string) => {
    const { reason = '' } = context as { reason?: string };
    lines.push(`${message} ${reason}`.trim());
  };
  const log: Log = { info: say, warn: say, error: say };
  return { lines, log };
}

const cut = () =>
  admin.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [
    name,
  ]);

test.each<[string, () => string, () => string, string]>([
  [
    'the role may not log in',
    () => `ALTER ROLE ${role} NOLOGIN`,
    () => `ALTER ROLE ${role} LOGIN`,
    'is not permitted to log in',
  ],
  [
    'the database takes no connections',
    () => `ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`,
    () => `ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`,
    'is not currently accepting connections',
  ],
  [
    'the database has another name',
    () => `ALTER DATABASE "${name}" RENAME TO "${name}_2"`,
    () => `ALTER DATABASE "${name}_2" RENAME TO "${name}"`,
    'does not exist',
  ],
  [
    'the role may connect no more',
    () => `ALTER ROLE ${role} CONNECTION LIMIT 0`,
    () => `ALTER ROLE ${role} CONNECTION LIMIT -1`,
    'too many connections for role',
  ],
])(
  '%s: calls are unavailable, the log says it once, and all is well after that',
  async (_, close, reopen, words) => {
    const directory = open();
    const { lines, log } = listen();
    const watch = watchDatabase(directory.database, log);
    await watch();
    await cut();
    await admin.query(close());
    await expectUnavailable(directory.users.load(someone()));
    for (let times = 0; times < 3; times += 1) await watch();
    await admin.query(reopen());
    await watch();
    expect(lines).toEqual([
      expect.stringMatching(`^PostgreSQL is away [^\n]*${words}[^\n]*$`),
      'PostgreSQL is back',
    ]);
  },
);

test('a right that is missing is named, and what needs it is unavailable', async () => {
  const directory = open();
  const user = await knownMember(directory);
  await inside(`REVOKE INSERT, DELETE ON factors FROM ${role}`);
  await expectUnavailable(directory.factors.confirm(user, confirmation(), anEntry));
  expect(await refusalOf(directory)).toBe(
    'the role lacks the right to DELETE on factors, INSERT on factors',
  );
  const { lines, log } = listen();
  const watch = watchDatabase(directory.database, log);
  await watch();
  await watch();
  expect(lines).toHaveLength(1);
});

test('a database that takes no changes is not ready', async () => {
  const directory = open();
  await directory.database.ping();
  await admin.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
  await cut();
  await expectUnavailable(directory.database.ping());
  await admin.query(`ALTER DATABASE "${name}" RESET default_transaction_read_only`);
  await expect(directory.database.ping()).resolves.toBeUndefined();
});

test('a disk without room is not ready', async () => {
  const directory = open();
  await inside(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON sealing_keys
      FOR EACH STATEMENT EXECUTE FUNCTION full_disk()`);
  await expectUnavailable(directory.database.ping());
});

test('a secret under which rows are sealed may not be missing, nor be another', async () => {
  const directory = open();
  await directory.database.ping();
  await enrol(directory, await knownMember(directory), 1);
  const lacking = open(sealing([randomSecret('k2')]));
  expect(await refusalOf(lacking)).toBe('SECRETS lacks k1, under which rows are sealed');
  const other = open(sealing([randomSecret('k1')]));
  expect(await refusalOf(other)).toBe(
    'SECRETS has another secret as k1 than the one that rows are sealed under',
  );
  await open(sealing([randomSecret('k2'), k1])).database.ping();
});

test('a secret under which no row is sealed may go', async () => {
  await open().database.ping();
  await open(sealing([randomSecret('k2')])).database.ping();
});

test('rows that were sealed before secrets were written down count too', async () => {
  const directory = open();
  await enrol(directory, await knownMember(directory), 1);
  await inside(`TRUNCATE sealing_keys; INSERT INTO sealing_keys (kid) VALUES ('k1')`);
  expect(await refusalOf(open(sealing([randomSecret('k2')])))).toContain('SECRETS lacks k1');
  await directory.database.ping();
});

test('the trail of a database without its tables is unavailable', async () => {
  open();
  await inside('DROP TABLE events');
  const [database] = databases;
  if (!database) throw new Error('no database');
  await expectUnavailable(prismaAuditTrail(database, roomy).record(anEvent(someone())));
});

async function refusalOf({ database }: ReturnType<typeof open>): Promise<string | undefined> {
  const thrown: unknown = await database.ping().catch((error: unknown) => error);
  return thrown instanceof Problem ? thrown.extra.detail : undefined;
}
