/** Connections that end, or lead to a server of no use: heard of soon, done by halves never. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import {
  connectPostgres,
  type Database,
  migratePostgres,
} from '../../src/adapters/postgres/connection/client.ts';
import { loginLimits } from '../../src/adapters/postgres/connection/limits.ts';
import { unavailableWhenAway } from '../../src/adapters/postgres/connection/unavailable.ts';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { expectUnavailable, untilAnswered, untilItWorks } from '../support/away.ts';
import { aChallenge } from '../support/challenges.ts';
import { directoryOn } from '../support/directories.ts';
import { anEntry, anEvent, confirmation, knownMember } from '../support/people.ts';
import { type Server, startPostgres } from '../support/servers.ts';

let server: Server;
let operator: Client;
let database: Database;
let directory: Directory;
let user: UserKey;

/** As a role of its own, which is not above what a server denies. */
beforeEach(async () => {
  server = await startPostgres();
  await migratePostgres(server.url);
  operator = new Client({ connectionString: server.url });
  await operator.connect();
  await operator.query('CREATE ROLE service LOGIN IN ROLE postgres');
  database = connectPostgres(serviceUrl());
  directory = directoryOn(database, loginLimits);
  await untilAnswered(directory);
  user = await untilItWorks(() => knownMember(directory));
}, 60_000);

afterEach(async () => {
  await Promise.all([database.close(), operator.end()]);
  await server.stop();
});

function serviceUrl(): string {
  const url = new URL(server.url);
  url.username = 'service';
  return url.href;
}

/** Ends every connection of the service, and resolves when all are gone. */
const endConnections = () =>
  operator.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'service'`,
  );

const everyCallWorks = () =>
  Promise.all(Array.from({ length: 20 }, () => untilItWorks(() => directory.users.load(user))));

const isEnrolled = async () =>
  (await untilItWorks(() => directory.users.load(user))).factors.length > 0;

test('connections that end while idle are made again', async () => {
  await everyCallWorks();
  await endConnections();
  await everyCallWorks();
  expect(await directory.factors.confirm(user, confirmation(), anEntry)).toBe('confirmed');
});

test('a change whose connection ends half-way is not made, and can be made again', async () => {
  await untilItWorks(() => directory.users.ensure(user));
  await operator.query('BEGIN');
  await operator.query('SELECT 1 FROM users FOR UPDATE');
  const change = expectUnavailable(directory.factors.confirm(user, confirmation(), anEntry));
  await untilWaiting();
  await endConnections();
  await change;
  await operator.query('ROLLBACK');
  expect(await isEnrolled()).toBe(false);
  expect(await untilItWorks(() => directory.factors.confirm(user, confirmation(), anEntry))).toBe(
    'confirmed',
  );
});

/** Until a statement of the service waits for a lock. */
async function untilWaiting(): Promise<void> {
  const { rowCount } = await operator.query(
    `SELECT 1 FROM pg_stat_activity WHERE usename = 'service' AND wait_event_type = 'Lock'`,
  );
  if (!rowCount) await untilWaiting();
}

test('a connection that ends between two statements of a change is no different', async () => {
  const port = {
    change: () =>
      database.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`UPDATE organizations SET country = 'BE'`;
        await endConnections();
        await tx.$executeRaw`UPDATE organizations SET language = 'nl-BE'`;
      }),
  };
  await expectUnavailable(unavailableWhenAway(port, loginLimits.answerMs).change());
  const { country } = (await untilItWorks(() => directory.users.load(user))).organization ?? {};
  expect(country).toBe('NL');
});

test('a server that has no connection left makes a call unavailable, until it has one', async () => {
  await operator.query('ALTER ROLE service CONNECTION LIMIT 1');
  await endConnections();
  const other = new Client({ connectionString: serviceUrl() });
  await other.connect();
  await expectUnavailable(directory.database.ping());
  await expectUnavailable(directory.factors.confirm(user, confirmation(), anEntry));
  await other.end();
  expect(await isEnrolled()).toBe(false);
  expect(await untilItWorks(() => directory.factors.confirm(user, confirmation(), anEntry))).toBe(
    'confirmed',
  );
});

test.each(['53100', '53200', '58030'])(
  'a server that is full or failing (%s) is away',
  async (state) => {
    const failing = `DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '${state}'; END $$`;
    const port = { change: () => database.prisma.$executeRawUnsafe(failing) };
    await expectUnavailable(unavailableWhenAway(port, loginLimits.answerMs).change());
  },
);

/** What a server answers that has become a standby, to connections that stayed open. */
async function setReadOnly(state: 'on' | 'off'): Promise<void> {
  await operator.query('SET default_transaction_read_only = off');
  await operator.query(`ALTER SYSTEM SET default_transaction_read_only = ${state}`);
  await operator.query('SELECT pg_reload_conf()');
  await untilReadOnlyIs(state);
}

async function untilReadOnlyIs(state: string): Promise<void> {
  const fresh = new Client({ connectionString: server.url });
  await fresh.connect();
  const { rows } = await fresh.query('SHOW default_transaction_read_only');
  await fresh.end();
  if (rows[0].default_transaction_read_only !== state) await untilReadOnlyIs(state);
}

test('a server that becomes read-only makes every change unavailable, until it is not', async () => {
  await everyCallWorks();
  await setReadOnly('on');
  await Promise.all([
    expectUnavailable(directory.factors.confirm(user, confirmation(), anEntry)),
    expectUnavailable(directory.users.setPolicy(user, 'off', anEntry)),
    expectUnavailable(prismaAuditTrail(database).record(anEvent(user))),
    expectUnavailable(directoryOn(database, loginLimits).outcomes.cancel(aChallenge(), anEntry)),
  ]);
  await setReadOnly('off');
  expect(await isEnrolled()).toBe(false);
  expect(await untilItWorks(() => directory.factors.confirm(user, confirmation(), anEntry))).toBe(
    'confirmed',
  );
});

test('no connection to a server that is read-only is kept: its name may soon lead elsewhere', async () => {
  await setReadOnly('on');
  await endConnections();
  await expectUnavailable(directory.database.ping());
  await expectUnavailable(directory.users.load(user));
  await untilNoneIsLeft();
  await setReadOnly('off');
  await everyCallWorks();
});

async function untilNoneIsLeft(): Promise<void> {
  const { rowCount } = await operator.query(
    `SELECT 1 FROM pg_stat_activity WHERE usename = 'service'`,
  );
  if (rowCount) await untilNoneIsLeft();
}
