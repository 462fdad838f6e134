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
import { anEntry, anOrganization } from '../support/people.ts';
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
  await ask(server.url, 'ALTER DATABASE hasty SET statement_timeout = 1000');
  // Another process has the lock of migrations for longer than that.
  const other = new Client({ connectionString: url, statement_timeout: 60_000 });
  await other.connect();
  await other.query('SELECT pg_advisory_lock(72707369)');
  const migrating = migratePostgres(url);
  await other.query('SELECT pg_sleep(2)');
  await other.end();
  expect(await migrating).toEqual(all);
});

test('a service does not call itself ready while a migration is pending', async () => {
  const url = await createDatabase(server.url, 'pending');
  const database = connectPostgres(url, roomy);
  const { ping } = directoryOn(database).database;
  expect(await pendingMigrations(database.prisma)).toEqual(all);
  const refusal = await ping().catch((thrown: unknown) => thrown);
  expect(Problem.is(refusal, 'unavailable')).toBe(true);
  expect(refusal).toMatchObject({ cause: { message: expect.stringContaining('pending') } });
  await migratePostgres(url);
  await expect(ping()).resolves.toBeUndefined();
  await database.close();
});

/** The first migrations, as a release with just these left them. */
async function released(url: string, migrations: readonly string[]): Promise<void> {
  await ask(
    url,
    `CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL,
       finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
       started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`,
  );
  for (const name of migrations) {
    const sql = readFileSync(`prisma/migrations/${name}/migration.sql`, 'utf8');
    const checksum = createHash('sha256').update(sql).digest('hex');
    await ask(url, sql);
    await ask(
      url,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ('${name.slice(0, 14)}', '${checksum}', '${name}', now(), 1)`,
    );
  }
}

test('what the first release stored is there after the migrations, and goes on working', async () => {
  const url = await createDatabase(server.url, 'with_data');
  await released(url, all.slice(0, 2));
  await ask(
    url,
    `INSERT INTO organizations VALUES ('acme', 'mandatory', 'nl-NL', 'NL', 'offered', now(), now());
     INSERT INTO users (organization_id, id, factor_count) VALUES ('acme', '42', 1), ('acme', '43', 0);
     INSERT INTO factors (id, organization_id, user_id, method, is_primary, address, address_hash)
       VALUES (gen_random_uuid(), 'acme', '42', 'push', true, 'k1.sealed', 'hash');
     INSERT INTO devices VALUES ('acme', '42', 'd-1', 'ios', 'k1.sealed', 'token-hash', now(), now());
     INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
       SELECT 'acme', '42', 'c-1', 'short', now() FROM generate_series(1, 9);
     INSERT INTO clients (id, name, scopes, key_hash) VALUES ('c', 'qaller', '{challenges}', 'x');
     INSERT INTO spent_ids (id, "by") VALUES ('a-code', 'an-attempt')`,
  );
  expect(await migratePostgres(url)).toEqual(all.slice(2));
  const charge = (user: string, code: string) =>
    ask(
      url,
      `SELECT outcome FROM charge_guess('acme', '${user}', 'c-2', '${code}', gen_random_uuid()::text,
         'try', 'strangers', 'short', 9)`,
    );
  expect(await charge('42', 'new')).toEqual([{ outcome: 'full' }]);
  expect(await charge('43', 'new')).toEqual([{ outcome: 'charged' }]);
  expect(await charge('43', 'a-code')).toEqual([{ outcome: 'over' }]);
  const [{ reached_by: reachedBy } = {}] = await ask(
    url,
    `SELECT reached_by FROM users WHERE id = '42'`,
  );
  expect(reachedBy).toEqual(['push']);
  // A replica of that release still counts a wrong guess while others are new.
  await ask(
    url,
    `INSERT INTO users (organization_id, id) VALUES ('acme', '44');
     INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
       SELECT 'acme', '44', 'c-3', 'short', now() FROM generate_series(1, 9)`,
  );
  expect(await charge('44', 'new')).toEqual([{ outcome: 'full' }]);
});

test('an organization of the release before has the defaults of its new fields, and that release goes on', async () => {
  const url = await createDatabase(server.url, 'organization_rules');
  const before = all.indexOf('20261127100000_organization_rules');
  await released(url, all.slice(0, before));
  const asBefore = (id: string) =>
    ask(
      url,
      `INSERT INTO organizations (id, policy, language, country, backup, updated_at)
       VALUES ('${id}', 'optional', 'de-DE', 'DE', 'required', now())
       ON CONFLICT (id) DO UPDATE SET policy = EXCLUDED.policy, updated_at = now()`,
    );
  await asBefore('acme');
  await ask(
    url,
    `INSERT INTO users (organization_id, id, policy) VALUES ('acme', '42', 'optional')`,
  );
  expect(await migratePostgres(url)).toEqual(all.slice(before));
  await asBefore('later');
  const database = connectPostgres(url, roomy);
  const { organizations, users } = directoryOn(database);
  const given = {
    policy: 'optional',
    language: 'de-DE',
    country: 'DE',
    backup: 'required',
  } as const;
  for (const id of ['acme', 'later'])
    expect(await organizations.find(id)).toEqual(anOrganization(id, given));
  const rules = { firstSetup: 'pass', knownDevices: { days: 0, skipCode: true } } as const;
  await organizations.change(
    'acme',
    (found) => ({ ...found, ...rules }),
    () => anEntry,
  );
  await asBefore('acme');
  const user = await users.load({ organizationId: 'acme', userId: '42' });
  expect(user).toMatchObject({ known: true, policy: 'optional' });
  const { theme, ...changed } = anOrganization('acme', { ...given, ...rules });
  expect(user.organization).toEqual(changed);
  // A replica of the release before changes an organization and leaves its theme.
  expect(await organizations.find('acme')).toEqual({ ...changed, theme });
  await database.close();
});

test('what was stored before changes came in groups is charged, approved and redeemed after that', async () => {
  const url = await createDatabase(server.url, 'before_groups');
  await released(
    url,
    all.filter((name) => name < '20261127'),
  );
  await ask(
    url,
    `INSERT INTO organizations VALUES ('acme', 'mandatory', 'nl-NL', 'NL', 'offered', now(), now());
     INSERT INTO users (organization_id, id) VALUES ('acme', '42');
     INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, attempt, at)
       VALUES ('acme', '42', 'c-1', 'short', 'a-1', now()), ('acme', '42', 'c-2', 'short', 'a-2', now());
     INSERT INTO spent_ids (id, "by") VALUES ('k-0', 'a-0');
     INSERT INTO challenge_outcomes (challenge_id, organization_id, user_id, client, purpose, lane, outcome, attempt,
       result_id, result_expires_at)
       VALUES ('c-0', 'acme', '42', 'panel', 'login', 'strangers', 'approved', 'a-0', 'r-0', now() + interval '1 minute')`,
  );
  await migratePostgres(url);
  const write = async (change: object) => {
    const about = { organizationId: 'acme', userId: '42', client: 'panel', purpose: 'login' };
    const changes = JSON.stringify([{ ...about, lane: 'strangers', ...change }]);
    const [row] = await ask(url, `SELECT write_changes('${changes}') AS answer`);
    return row.answer;
  };
  const guess = {
    do: 'charge',
    kind: 'short',
    limit: 9,
    maxLong: 20,
    tryId: 't',
    challengeId: 'c-1',
  };
  expect(await write({ ...guess, codeId: 'k-0', attemptId: 'a-3' })).toMatchObject({
    outcome: 'over',
    user: { known: true, shortGuesses: 2 },
  });
  expect(await write({ ...guess, codeId: 'k-1', attemptId: 'a-1' })).toMatchObject({
    outcome: 'again',
  });
  const approval = {
    do: 'approve',
    challengeId: 'c-1',
    codeId: 'k-1',
    attemptId: 'a-1',
    entries: [],
  };
  expect(await write({ ...approval, resultId: 'r-1', resultTtlMs: 60_000, amr: 'pwd' })).toEqual({
    outcome: 'approved',
    resultId: 'r-1',
  });
  expect(await ask(url, 'SELECT attempt FROM wrong_guesses')).toEqual([{ attempt: 'a-2' }]);
  for (const id of ['0', '1'])
    expect(
      await write({ do: 'redeem', challengeId: `c-${id}`, resultId: `r-${id}`, attemptId: 'x' }),
    ).toEqual({ outcome: 'redeemed' });
});

test('what was approved before devices were remembered is redeemed after that, as a replica of before does', async () => {
  const url = await createDatabase(server.url, 'before_known_devices');
  const before = all.indexOf('20261128400000_known_devices');
  await released(url, all.slice(0, before));
  await ask(
    url,
    `INSERT INTO organizations VALUES ('acme', 'mandatory', 'nl-NL', 'NL', 'offered', now(), now());
     INSERT INTO users (organization_id, id) VALUES ('acme', '42');
     INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, attempt, at)
       VALUES ('acme', '42', 'c-1', 'short', 'a-1', now());
     INSERT INTO challenge_outcomes (challenge_id, organization_id, user_id, client, purpose, lane, outcome, attempt,
       result_id, result_expires_at)
       SELECT 'c-' || n, 'acme', '42', 'panel', 'login', 'strangers', 'approved', 'a', 'r', now() + interval '1 minute'
       FROM generate_series(1, 2) n`,
  );
  expect(await migratePostgres(url)).toEqual(all.slice(before));
  const redeem = async (challengeId: string, more: object) => {
    const about = { organizationId: 'acme', userId: '42', client: 'panel', purpose: 'login' };
    const change = { ...about, do: 'redeem', challengeId, resultId: 'r', attemptId: 'x', ...more };
    const [row] = await ask(url, `SELECT write_changes('[${JSON.stringify(change)}]') AS answer`);
    return row.answer;
  };
  expect(await redeem('c-1', {})).toEqual({ outcome: 'redeemed' });
  // Nobody wrote down then that a code was right: it is not remembered.
  const offer = { hash: 'h', deviceId: 'd-1', remember: true, maxDevices: 5 };
  expect(await redeem('c-2', offer)).toEqual({ outcome: 'redeemed' });
  const [row] = await ask(url, `SELECT load_user('acme', '42', 20) AS "user"`);
  expect(row.user).toMatchObject({ known: true, shortGuesses: 1, knownDevices: [] });
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
