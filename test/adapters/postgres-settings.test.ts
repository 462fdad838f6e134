/** Whatever a server, a database, a role or a URL is set to, what is written and read is the same. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import { connectPostgres } from '../../src/adapters/postgres/connection/client.ts';
import { SetupError } from '../../src/domain/ports/database.ts';
import { directoryOn } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { anEvent, someone } from '../support/people.ts';
import { startPgbouncer } from '../support/pgbouncer.ts';
import { createDatabase, freshDatabase, type Server, startPostgres } from '../support/servers.ts';
import { enrolled, startService } from '../support/service.ts';

let server: Server;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function ask(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

const hostile = {
  datestyle: `'German'`,
  intervalstyle: `'sql_standard'`,
  timezone: `'Asia/Tokyo'`,
  bytea_output: `'escape'`,
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  search_path: `'elsewhere'`,
  default_transaction_isolation: `'serializable'`,
  default_transaction_deferrable: 'on',
  transform_null_equals: 'on',
  array_nulls: 'off',
  synchronous_commit: 'off',
  statement_timeout: '1',
  lock_timeout: '1',
  lc_time: `'C'`,
  client_encoding: `'LATIN1'`,
};

test('a login works and its times are right, with any settings of the database and its role', async () => {
  const databaseUrl = await freshDatabase();
  const name = nameOf(databaseUrl);
  const settings = Object.entries(hostile).map(
    ([setting, value]) => `ALTER DATABASE "${name}" SET ${setting} = ${value};
      ALTER ROLE postgres IN DATABASE "${name}" SET ${setting} = ${value};`,
  );
  await ask(databaseUrl, settings.join('\n'));
  const service = await startService({ databaseUrl });
  await service.organization({ policy: 'mandatory' });
  const user = await enrolled(service);
  const screen = await user.signIn();
  const [wrong] = ['0000', '1111'].filter((digits) => digits !== user.heard());
  expect((await screen.enter(wrong ?? '')).status).toBe(422);
  expect((await screen.enter(user.heard())).body.status).toBe('approved');
  const events = await service.call('GET', '/v1/organizations/acme/events', {
    bearer: service.keys.panel,
  });
  expect(events.status).toBe(200);
  for (const { at } of events.body.items)
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
  await service.close();
});

test.each([
  ['datestyle', '?options=-c%20datestyle%3DGerman%20-c%20timezone%3DAsia/Tokyo'],
  ['a time limit', '?statement_timeout=1&query_timeout=1&idle_in_transaction_session_timeout=1'],
  ['an encoding', '?client_encoding=LATIN1'],
])('so it does with %s in the URL', async (_, query) => {
  const database = connectPostgres((await freshDatabase()) + query, roomy);
  const trail = prismaAuditTrail(database, roomy);
  const user = someone();
  await trail.record(anEvent(user, { details: { hint: 'é' } }));
  const [event] = await trail.list({ ...user, before: null, limit: 1 });
  expect(Math.abs(Number(event?.at) - Date.now())).toBeLessThan(60_000);
  expect(event?.details).toEqual({ hint: 'é' });
  await database.close();
});

test.each([
  ['local', 'on'],
  ['remote_apply', 'remote_apply'],
])('a commit is on disk before it is answered: %s becomes %s', async (value, pinned) => {
  const url = await freshDatabase();
  await ask(url, `ALTER DATABASE "${nameOf(url)}" SET synchronous_commit = ${value}`);
  const database = connectPostgres(url, roomy);
  const [row] = await database.prisma.$queryRaw<object[]>`SHOW synchronous_commit`;
  expect(row).toEqual({ synchronous_commit: pinned });
  await database.close();
});

test('a statement is never compiled, which may take longer than its limit', async () => {
  const url = await freshDatabase();
  await ask(url, `ALTER DATABASE "${nameOf(url)}" SET jit = on`);
  const database = connectPostgres(url, roomy);
  expect(await database.prisma.$queryRaw`SHOW jit`).toEqual([{ jit: 'off' }]);
  await database.close();
});

test('what cannot be pinned is refused in one line', async () => {
  await ask(server.url, `CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
  await expectRefused(new URL('/latin', server.url).href, 'The encoding of the database is LATIN1');
  const replica = await createDatabase(server.url, 'replica');
  await ask(server.url, `ALTER DATABASE replica SET session_replication_role = 'replica'`);
  await expectRefused(replica, 'session_replication_role is replica');
});

test('what PgBouncer does not keep is refused where the role has it otherwise', async () => {
  const url = await createDatabase(server.url, 'elsewhere');
  await ask(server.url, `ALTER DATABASE elsewhere SET search_path = 'elsewhere'`);
  const pgbouncer = await startPgbouncer(url);
  await expectRefused(pgbouncer.url, 'Behind PgBouncer the role must have search_path = public');
  await pgbouncer.stop();
});

async function expectRefused(url: string, line: string): Promise<void> {
  const database = connectPostgres(url, roomy);
  const refusal = await directoryOn(database)
    .database.ping()
    .catch((thrown: unknown) => thrown);
  expect(refusal).toMatchObject({
    kind: { name: 'unavailable' },
    extra: { detail: expect.stringContaining(line) },
    cause: expect.any(SetupError),
  });
  await database.close();
}
