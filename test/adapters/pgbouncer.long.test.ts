/** Behind PgBouncer in transaction mode, with fewer connections than clients, all is as without it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import {
  connectPostgres,
  type Database,
  migratePostgres,
} from '../../src/adapters/postgres/connection/client.ts';
import { loginLimits } from '../../src/adapters/postgres/connection/limits.ts';
import { expectUnavailable, untilAnswered, untilItWorks } from '../support/away.ts';
import { anApproval, anOffer } from '../support/challenges.ts';
import { directoryOn } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { anEntry, anEvent, confirmation, knownMember, someone } from '../support/people.ts';
import { consoleOf, startPgbouncer } from '../support/pgbouncer.ts';
import { testSecrets } from '../support/sealing.ts';
import { freePort } from '../support/server-process.ts';
import { createDatabase, type Server, startPostgres } from '../support/servers.ts';
import { enrolled, startService } from '../support/service.ts';
import { inTurn } from '../support/stores.ts';

let postgres: Server;
let pgbouncer: Server;
let replicas: Database[];

beforeAll(async () => {
  postgres = await startPostgres();
  const url = await createDatabase(postgres.url, 'shared');
  await migratePostgres(url);
  await ask(postgres.url, `ALTER DATABASE shared SET timezone = 'Asia/Tokyo'`);
  pgbouncer = await startPgbouncer(url);
  replicas = [1, 2, 3].map(() => connectPostgres(pgbouncer.url, roomy));
}, 60_000);

afterAll(async () => {
  await Promise.all(replicas.map(({ close }) => close()));
  await pgbouncer.stop();
  await postgres.stop();
});

async function ask(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** What the service wrote, what it reads and what the database makes of it are the same time. */
async function recordsAndReads(database: Database): Promise<void> {
  const { prisma } = database;
  const trail = prismaAuditTrail(database, roomy);
  const user = someone();
  await trail.record(anEvent(user));
  const [event] = await trail.list({ ...user, before: null, limit: 1 });
  expect(Math.abs(Number(event?.at) - Date.now())).toBeLessThan(60_000);
  const found = await prisma.$queryRaw`
    SELECT extract(epoch FROM now() - at) BETWEEN 0 AND 60 AS recent FROM events
    WHERE organization_id = ${user.organizationId} AND at = ${event?.at}`;
  expect(found).toEqual([{ recent: true }]);
}

/** Each zone that it finds itself in when it asks so often. */
async function zonesOf(client: Client, times: number): Promise<Set<string>> {
  const zones = new Set<string>();
  for (let n = 0; n < times; n += 1) {
    const { rows } = await client.query('SHOW TimeZone');
    zones.add(rows[0].TimeZone);
  }
  return zones;
}

test('many clients at once get what they would get alone', async () => {
  const work = replicas.flatMap((replica) => Array.from({ length: 10 }, () => replica));
  await Promise.all(
    work.map(async (replica) => {
      const directory = directoryOn(replica);
      const user = await knownMember(directory);
      expect(await directory.factors.confirm(user, confirmation(), anEntry)).toBe('confirmed');
      expect((await directory.users.load(user)).factors).toHaveLength(1);
    }),
  );
});

test('what may be used once is used once', async () => {
  const first = inTurn(replicas, 0);
  const known = await knownMember(directoryOn(first));
  const approval = anApproval(known, { codeId: null });
  const { id: challengeId, organizationId, userId, client, purpose } = approval.challenge;
  const user = { organizationId, userId };
  const result = { challengeId, ...user, resultId: approval.resultId ?? '', client, purpose };
  await directoryOn(first).outcomes.approve(approval);
  const attempts = replicas.flatMap((replica, index) =>
    Array.from({ length: 10 }, (_, n) =>
      directoryOn(replica).outcomes.redeem({ ...result, attemptId: `${index}.${n}` }, anOffer()),
    ),
  );
  const redeemed = (await Promise.all(attempts)).filter(({ outcome }) => outcome === 'redeemed');
  expect(redeemed).toHaveLength(1);
});

test('a time is right, also while others use the same connections in a zone of their own', async () => {
  const stranger = new Client({ connectionString: pgbouncer.url });
  await stranger.connect();
  await stranger.query(`SET TimeZone = 'America/New_York'`);
  const zones = zonesOf(stranger, 30);
  await Promise.all(Array.from({ length: 10 }, () => replicas.map(recordsAndReads)).flat());
  expect(await zones).toEqual(new Set(['America/New_York']));
  await stranger.end();
});

test('a whole login goes through it', async () => {
  const service = await startService({
    databaseUrl: pgbouncer.url,
    replicas: 2,
    secrets: testSecrets,
  });
  await service.organization({ policy: 'mandatory' });
  const user = await enrolled(service);
  const screen = await user.signIn({}, { replica: 1 });
  await screen.send();
  const done = await screen.enter(user.heard());
  expect(done.body.status).toBe('approved');
  await service.close();
}, 30_000);

test('a call is unavailable while there is no server behind it', async () => {
  const lonely = await startPgbouncer(`postgresql://postgres@127.0.0.1:${await freePort()}/x`);
  const database = connectPostgres(lonely.url);
  const directory = directoryOn(database, loginLimits);
  await expectUnavailable(directory.database.ping());
  await Promise.all(
    [1, 2, 3].map(() => expectUnavailable(directory.guessAccounts.clear(someone(), anEntry))),
  );
  await database.close();
  await lonely.stop();
});

test('a migration is applied once, by one of those who try', async () => {
  const { pathname } = new URL(await createDatabase(postgres.url, 'empty'));
  const there = new URL(pathname, pgbouncer.url).href;
  const applied = await Promise.all([1, 2, 3].map(() => migratePostgres(there)));
  expect(new Set(applied.flat()).size).toBe(applied.flat().length);
  expect(await migratePostgres(there)).toEqual([]);
});

test.each([
  ['frozen', () => pgbouncer.pause(), () => pgbouncer.resume()],
  ['paused', () => ask(consoleOf(pgbouncer), 'PAUSE'), () => ask(consoleOf(pgbouncer), 'RESUME')],
  ['before a server that is frozen', () => postgres.pause(), () => postgres.resume()],
])('while it is %s a call is unavailable, and works again after that', async (_, away, back) => {
  const database = connectPostgres(pgbouncer.url);
  const directory = directoryOn(database, loginLimits);
  await untilAnswered(directory);
  const user = await knownMember(directoryOn(database));
  await away();
  const trail = prismaAuditTrail(database);
  await Promise.all([
    expectUnavailable(directory.database.ping()),
    expectUnavailable(directory.factors.confirm(user, confirmation(), anEntry)),
    expectUnavailable(trail.record(anEvent(user))),
  ]);
  await back();
  await untilAnswered(directory);
  const { factors } = await untilItWorks(() => directory.users.load(user));
  expect(factors).toEqual([]);
  expect(await untilItWorks(() => directory.factors.confirm(user, confirmation(), anEntry))).toBe(
    'confirmed',
  );
  await database.close();
});
