/** Whatever state the database is in, a caller hears of it soon, and it needs nobody to recover. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import {
  connectPostgres,
  type Database,
  migratePostgres,
} from '../../src/adapters/postgres/connection/client.ts';
import { loginLimits } from '../../src/adapters/postgres/connection/limits.ts';
import { defaultConnections } from '../../src/adapters/postgres/connection/pool.ts';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import type { AuditTrail, ChallengeOutcomes } from '../../src/domain/ports.ts';
import { expectUnavailable, untilAnswered } from '../support/away.ts';
import { aChallenge, aCharge, anApproval, anOffer } from '../support/challenges.ts';
import { directoryOn, skip } from '../support/directories.ts';
import {
  activate,
  aDevice,
  anEntry,
  anEntryFor,
  anEvent,
  anOrganization,
  anyForgetting,
  confirmation,
  knownMember,
  someone,
} from '../support/people.ts';
import { freePort } from '../support/server-process.ts';
import { type Server, startPostgres } from '../support/servers.ts';

const everyone = { organizationId: 'acme', after: null, limit: 10 };

const calls: [name: string, call: (directory: Directory) => Promise<unknown>][] = [
  ['ping', (directory) => directory.database.ping()],
  ['findOrganization', (directory) => directory.organizations.find('acme')],
  [
    'saveOrganization',
    (directory) => directory.organizations.save(anOrganization('acme'), anEntry),
  ],
  ['loadUser', (directory) => directory.users.load(someone())],
  ['confirmFactor', (directory) => directory.factors.confirm(someone(), confirmation(), anEntry)],
  ['promoteFactor', (directory) => directory.factors.promote(someone(), 'factor', anEntry)],
  ['removeFactor', (directory) => directory.factors.remove(someone(), 'factor', true, anEntryFor)],
  ['resetFactors', (directory) => directory.factors.reset(someone(), () => anEntry)],
  ['noteUser', (directory) => directory.users.ensure(someone())],
  ['setUserPolicy', (directory) => directory.users.setPolicy(someone(), null, anEntry)],
  [
    'createPass',
    (directory) =>
      directory.recoverySecrets.createPass(someone(), { hash: 'h', lifetimeMs: 1 }, anEntry),
  ],
  ['removePass', (directory) => directory.recoverySecrets.removePass(someone(), anEntry)],
  [
    'replaceCodes',
    (directory) => directory.recoverySecrets.replaceCodes(someone(), ['h'], anEntry),
  ],
  ['countCodes', (directory) => directory.recoverySecrets.countCodes(someone())],
  [
    'useSecret',
    (directory) =>
      directory.recoverySecrets.use(
        someone(),
        { kind: 'pass', hash: 'h', attemptId: 'a' },
        anEntry,
      ),
  ],
  ['listUsers', (directory) => directory.users.list({ ...everyone, state: 'locked' })],
  ['groupUsers', (directory) => directory.users.group('acme', ['call'])],
  ['charge', (directory) => directory.guessAccounts.charge(someone(), aCharge())],
  ['giveBack', (directory) => directory.guessAccounts.giveBack(someone(), aCharge())],
  [
    'settle',
    (directory) => directory.guessAccounts.settle(someone(), { ...aCharge(), entry: anEntry }),
  ],
  [
    'alert',
    (directory) =>
      directory.guessAccounts.alert(someone(), {
        attemptId: 'a',
        alerts: [anEntry],
        lockedUntil: null,
      }),
  ],
  ['unlock', (directory) => directory.guessAccounts.clear(someone(), anEntry)],
  ['eraseUser', (directory) => directory.users.erase(someone(), 'pseudonym', anEntry)],
  ['eraseOrganization', (directory) => directory.organizations.erase('acme', String, anEntry)],
  ['activateDevice', (directory) => activate(directory, someone(), aDevice(), anEntryFor)],
  [
    'refreshDevice',
    (directory) => directory.devices.refresh(someone(), aDevice(), null, anEntryFor),
  ],
  [
    'forgetDevice',
    (directory) => directory.devices.forget(someone(), 'd-1', anyForgetting, anEntryFor),
  ],
  ['markDevicesGone', (directory) => directory.devices.markGone(someone(), ['token'], anEntryFor)],
  ['findClientKeys', (directory) => directory.clients.findKeys(['key'])],
  ['listClients', (directory) => directory.clients.list()],
  ['revokeClient', (directory) => directory.clients.revoke('key', anEntry)],
];

const trailCalls: [name: string, call: (trail: AuditTrail) => Promise<unknown>][] = [
  ['record', (trail) => trail.record(anEvent(someone()))],
  ['list', (trail) => trail.list({ ...someone(), before: null, limit: 10 })],
  ['prune', (trail) => trail.prune(new Date())],
];

const redemption = {
  ...someone(),
  challengeId: 'c-1',
  resultId: 'r',
  client: 'qaller',
  purpose: 'login',
  attemptId: 'a',
};
const approval = anApproval(someone(), { codeId: null });

const outcomeCalls: [name: string, call: (outcomes: ChallengeOutcomes) => Promise<unknown>][] = [
  ['approve', (outcomes) => outcomes.approve(approval)],
  ['approve by a skip', (outcomes) => outcomes.approve({ ...approval, skipped: 'backup' })],
  ['cancel', (outcomes) => outcomes.cancel(aChallenge(), anEntry)],
  [
    'consumeCode',
    (outcomes) =>
      outcomes.consumeCode(someone(), { codeId: 'code', factorId: null, attemptId: 'a' }),
  ],
  ['redeem', (outcomes) => outcomes.redeem(redemption, anOffer())],
  ['findApproval', (outcomes) => outcomes.findApproval('c-1')],
  ['prune', (outcomes) => outcomes.prune(new Date())],
];

/** PostgreSQL ends every connection when one of its processes is killed, and recovers. */
async function crash({ prisma }: Database): Promise<void> {
  const [backend] = await prisma.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  if (backend) process.kill(backend.pid, 'SIGKILL');
}

describe('a server that refuses', () => {
  test.each(calls)('makes %s unavailable', async (_name, call) => {
    const database = connectPostgres(`postgresql://postgres@127.0.0.1:${await freePort()}/x`);
    await expectUnavailable(call(directoryOn(database, loginLimits)));
    await database.close();
  });

  test.each(trailCalls)('makes %s of the audit trail unavailable', async (_name, call) => {
    const database = connectPostgres(`postgresql://postgres@127.0.0.1:${await freePort()}/x`);
    await expectUnavailable(call(prismaAuditTrail(database)));
    await database.close();
  });

  test.each(outcomeCalls)('makes %s of how challenges end unavailable', async (_name, call) => {
    const database = connectPostgres(`postgresql://postgres@127.0.0.1:${await freePort()}/x`);
    await expectUnavailable(call(directoryOn(database, loginLimits).outcomes));
    await database.close();
  });

  test('a host name that leads nowhere is no different', async () => {
    const database = connectPostgres('postgresql://postgres@nowhere.invalid/x');
    await expectUnavailable(directoryOn(database, loginLimits).database.ping());
    await database.close();
  });
});

describe('a server', () => {
  let server: Server;
  let database: Database;
  let directory: Directory;

  beforeEach(async () => {
    server = await startPostgres();
    await migratePostgres(server.url);
    database = connectPostgres(server.url);
    directory = directoryOn(database, loginLimits);
    await untilAnswered(directory);
  }, 60_000);

  afterEach(async () => {
    await database.close();
    await server.stop();
  });

  test('that hangs with connections open makes every call unavailable, and then works', async () => {
    const user = await knownMember(directory);
    server.pause();
    const trail = prismaAuditTrail(database);
    await Promise.all(calls.map(([, call]) => expectUnavailable(call(directory))));
    await Promise.all(trailCalls.map(([, call]) => expectUnavailable(call(trail))));
    const outcomes = directoryOn(database, loginLimits).outcomes;
    await Promise.all(outcomeCalls.map(([, call]) => expectUnavailable(call(outcomes))));
    await expectUnavailable(directory.database.ping());
    server.resume();
    await untilAnswered(directory);
    expect(await directory.factors.confirm(user, confirmation(), anEntry)).toBe('confirmed');
  });

  test('that crashes and comes up again works again with the same client', async () => {
    const user = await knownMember(directory);
    await crash(database);
    await Promise.all(Array.from({ length: 20 }, () => untilAnswered(directory)));
    expect((await directory.users.load(user)).organization?.id).toBe(user.organizationId);
  });

  /** Waits until the slow work has every connection: the first of a process starts late. */
  async function untilTaken(): Promise<void> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    const sleeping = `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE state = 'active' AND query = 'SELECT pg_sleep(5)'`;
    while ((await client.query(sleeping)).rows[0].n < defaultConnections);
    await client.end();
  }

  test('whose connections are all taken by slow work makes a call unavailable', async () => {
    const slow = Array.from({ length: 12 }, () =>
      database.prisma.$queryRaw`SELECT pg_sleep(5)`.catch((reason: unknown) => reason),
    );
    await untilTaken();
    await Promise.all([
      expectUnavailable(directory.database.ping()),
      expectUnavailable(directory.users.ensure(someone())),
      expectUnavailable(directory.guessAccounts.clear(someone(), anEntry)),
    ]);
    await Promise.all(slow);
    await untilAnswered(directory);
  });

  test('has no more connections of a replica than it may make', async () => {
    const database = connectPostgres(server.url, loginLimits, 3);
    const work = Array.from(
      { length: 12 },
      () => database.prisma.$queryRaw<{ pid: number }[]>`
      SELECT pg_backend_pid() AS pid, pg_sleep(0.02)::text`,
    );
    const pids = (await Promise.all(work)).flat().map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(3);
    await database.close();
  });

  test('that keeps a user locked makes a change to that user unavailable, and loses nothing', async () => {
    const user = await knownMember(directory);
    await skip(database.prisma, user, 'primary');
    await database.prisma.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM users FOR UPDATE`;
        await expectUnavailable(directory.factors.confirm(user, confirmation(), anEntry));
      },
      { timeout: 5_000 },
    );
    expect((await directory.users.load(user)).factors).toEqual([]);
    expect(await directory.factors.confirm(user, confirmation(), anEntry)).toBe('confirmed');
  });
});

test('a real mistake stays what it is', async () => {
  const mistaken = directoryOn({ prisma: {} } as Database);
  await expect(mistaken.clients.list()).rejects.toBeInstanceOf(TypeError);
});
