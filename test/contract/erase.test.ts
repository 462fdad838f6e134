/**
 * Who is erased is nowhere any more: a text of all that the database holds is searched for what
 * was theirs. What happened stays, under a pseudonym.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { tokenHashes } from '../../src/adapters/postgres/sealed/sealed-columns.ts';
import { inChallenge } from '../../src/domain/audit/audit.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { aCharge, anApproval, anOffer, aStored } from '../support/challenges.ts';
import { databases, skip, textOf, useDatabase } from '../support/directories.ts';
import {
  aDevice,
  aFactor,
  anEntry,
  anEvent,
  confirmation,
  knownMember,
  member,
} from '../support/people.ts';
import { testSealing } from '../support/sealing.ts';

const address = '192.0.2.77';
const pseudonymOf = (userId: string) => `erased:${Buffer.from(userId).toString('base64url')}`;

describe.each(databases)('erasing on %s', (_name, open) => {
  const { database, directory, outcomes, trail } = useDatabase(open);

  async function someoneWithEverything(organizationId: string) {
    const user = { organizationId, userId: `user-${randomUUID()}` };
    const factor = aFactor(`+316${Math.random().toString().slice(2, 10)}`);
    const device = aDevice();
    await directory.users.ensure(user);
    await directory.factors.confirm(user, confirmation({ factor, device }), anEntry);
    await skip(database.prisma, user, 'backup');
    await trail.record(anEvent(user, { address }));
    await trail.record(anEvent(user, { actor: null, address }));
    await directory.guessAccounts.charge(user, aCharge());
    const approval = anApproval(user, { entries: [] });
    const { id: challengeId, client, purpose } = approval.challenge;
    await outcomes.approve(approval);
    const offer = anOffer({ remember: true, entryFor: () => anEntry });
    const result = { ...user, challengeId, client, purpose, resultId: approval.resultId ?? '' };
    await outcomes.redeem({ ...result, attemptId: 'a' }, offer);
    const [tokenHash] = tokenHashes(testSealing, device.pushToken);
    return { user, traces: [user.userId, factor.id, tokenHash, offer.hash] };
  }

  const eventsOf = ({ organizationId }: UserKey) =>
    trail.list({ organizationId, userId: null, before: null, limit: 100 });

  const namesIn = async (user: UserKey) =>
    (await eventsOf(user)).map(({ userId, actor, address }) => [userId, actor, address]);

  test('a user leaves nothing but events without a name', async () => {
    const { organizationId } = await member(directory);
    const { user, traces } = await someoneWithEverything(organizationId);
    const colleague = await someoneWithEverything(organizationId);
    const other = colleague.user.userId;
    await trail.record(anEvent(colleague.user, { actor: user.userId, address }));
    await trail.record(anEvent(user, { actor: other, address }));
    const before = await textOf(database);
    expect(traces.filter((trace) => before.includes(trace))).toEqual(traces);

    await directory.users.erase(user, 'p-1', anEntry);

    const after = await textOf(database);
    expect(traces.filter((trace) => after.includes(trace))).toEqual([]);
    expect(colleague.traces.filter((trace) => after.includes(trace))).toEqual(colleague.traces);
    expect(await namesIn(user)).toEqual([
      ['p-1', other, null],
      [other, 'p-1', null],
      [other, null, address],
      [other, other, address],
      ['p-1', null, null],
      ['p-1', 'p-1', null],
    ]);
    expect((await directory.users.load(user)).known).toBe(false);
  });

  test('a user of another organization with the same id is somebody else', async () => {
    const [one, other] = [await member(directory), await member(directory)];
    await trail.record(anEvent(one));
    await trail.record(anEvent(other));
    await directory.users.ensure(other);
    await directory.users.erase(one, 'p-1', anEntry);
    expect(await namesIn(other)).toEqual([['42', '42', '192.0.2.1']]);
    expect((await directory.users.load(other)).known).toBe(true);
  });

  test('it may be repeated, for later events and for an unknown user', async () => {
    const user = await member(directory);
    await directory.users.erase(user, 'p-1', anEntry);
    await trail.record(anEvent(user));
    await directory.users.erase(user, 'p-1', anEntry);
    await directory.users.erase(user, 'p-2', anEntry);
    expect(await namesIn(user)).toEqual([['p-1', 'p-1', null]]);
  });

  test('a user with more events than are done in one go loses them all', async () => {
    const user = await member(directory);
    const { organizationId } = user;
    await database.prisma.$executeRaw`
      INSERT INTO events (type, organization_id, user_id, actor, details)
      SELECT 'code.sent', ${organizationId}, CASE WHEN n % 2 = 0 THEN '42' ELSE '43' END, '42', '{}'
      FROM generate_series(1, 3000) n`;
    await directory.users.erase(user, 'p-1', anEntry);
    const left = { OR: [{ userId: '42' }, { actor: '42' }], organizationId };
    expect(await database.prisma.event.count({ where: left })).toBe(0);
    const kept = { userId: 'p-1', actor: 'p-1', organizationId };
    expect(await database.prisma.event.count({ where: kept })).toBe(1_500);
  });

  /** All that a login under way may still do to its user. */
  function loginOf(user: UserKey) {
    const challenge = aStored(user);
    const entry = (type: Parameters<typeof inChallenge>[1]) => inChallenge(challenge, type, {});
    const guess = { attemptId: randomUUID(), lane: 'strangers', kind: 'short', limit: 9 } as const;
    const approval = { entries: [entry('enrolment.skipped'), entry('challenge.approved')] };
    const { guessAccounts, factors, devices } = directory;
    return {
      'a code is sent': () => trail.record(entry('code.sent')),
      'a guess is charged': () => guessAccounts.charge(user, aCharge()),
      'a guess was wrong': () =>
        guessAccounts.settle(user, { ...guess, entry: entry('code.wrong') }),
      'a guess was one too many': () =>
        guessAccounts.alert(user, {
          attemptId: randomUUID(),
          alerts: [entry('user.careful')],
          lockedUntil: new Date(),
        }),
      'a code was right': () => outcomes.approve(anApproval(user, approval)),
      'a step is skipped': () =>
        outcomes.approve(anApproval(user, { ...approval, codeId: null, skipped: 'primary' })),
      'it is approved without a code': () =>
        outcomes.approve(anApproval(user, { ...approval, codeId: null })),
      'it is cancelled': () => outcomes.cancel(challenge, entry('challenge.cancelled')),
      'a factor is confirmed': () =>
        factors.confirm(user, confirmation({ device: aDevice() }), entry('factor.added')),
      'a device is added': () =>
        outcomes.approve(
          anApproval(user, { ...approval, device: { device: aDevice(), entryFor: entry } }),
        ),
      'a device is gone': () => devices.markGone(user, ['t'], entry),
    };
  }

  const moments = Object.keys(loginOf({ organizationId: '', userId: '' })) as (keyof ReturnType<
    typeof loginOf
  >)[];

  test.each(moments)('a login under way leaves nothing of them when, later, %s', async (moment) => {
    const { organizationId } = await member(directory);
    const user = { organizationId, userId: `user-${randomUUID()}` };
    await directory.users.ensure(user);
    await trail.record(anEvent(user));
    await directory.users.erase(user, 'p-1', anEntry);
    await loginOf(user)[moment]();
    expect(await textOf(database)).not.toContain(user.userId);
  });

  test.each(moments)('nor in an organization that is erased when, later, %s', async (moment) => {
    const { organizationId } = await member(directory);
    const user = { organizationId, userId: `user-${randomUUID()}` };
    await directory.users.ensure(user);
    await directory.organizations.erase(organizationId, pseudonymOf, anEntry);
    await loginOf(user)[moment]();
    expect(await textOf(database)).not.toContain(user.userId);
  });

  test('logins under way at the same moment leave nothing of them either', async () => {
    const { organizationId } = await member(directory);
    const user = { organizationId, userId: `user-${randomUUID()}` };
    await directory.users.ensure(user);
    const acts = Array.from({ length: 3 }, () => Object.values(loginOf(user))).flat();
    const half = acts.length / 2;
    const acting = (some: typeof acts) => some.map((act) => act().catch(() => {}));
    const before = acting(acts.slice(0, half));
    const erasing = directory.users.erase(user, 'p-1', anEntry);
    await Promise.all([...before, ...acting(acts.slice(half)), erasing]);
    expect(await textOf(database)).not.toContain(user.userId);
  });

  test('while its user is there, a login is recorded', async () => {
    const user = await knownMember(directory);
    await loginOf(user)['a code is sent']();
    expect(await namesIn(user)).toEqual([['42', '42', null]]);
  });

  test('an organization leaves nothing of anyone, and pseudonyms given before stay', async () => {
    const { organizationId } = await member(directory);
    const first = await someoneWithEverything(organizationId);
    const second = await someoneWithEverything(organizationId);
    await trail.record(anEvent(first.user, { actor: second.user.userId, address }));
    await trail.record(anEvent(first.user, { userId: null, actor: '__proto__' }));
    await directory.users.erase(first.user, 'p-1', anEntry);

    await directory.organizations.erase(organizationId, pseudonymOf, anEntry);
    await directory.organizations.erase(organizationId, pseudonymOf, anEntry);

    const after = await textOf(database);
    const traces = [...first.traces, ...second.traces];
    expect(traces.filter((trace) => after.includes(trace))).toEqual([]);
    expect(await directory.organizations.find(organizationId)).toBeNull();
    const pseudonym = pseudonymOf(second.user.userId);
    expect(await namesIn(first.user)).toEqual([
      [null, pseudonymOf('__proto__'), null],
      ['p-1', pseudonym, null],
      [pseudonym, null, null],
      [pseudonym, pseudonym, null],
      ['p-1', null, null],
      ['p-1', 'p-1', null],
    ]);
  });

  test('an organization of thousands goes too', async () => {
    const { organizationId } = await member(directory);
    await database.prisma.$executeRaw`
      INSERT INTO users (organization_id, id)
      SELECT ${organizationId}, n::text FROM generate_series(1, 3000) n`;
    await database.prisma.$executeRaw`
      INSERT INTO events (type, organization_id, user_id, actor, details)
      SELECT 'code.sent', ${organizationId}, n::text, 'admin', '{}' FROM generate_series(1, 3000) n`;
    await directory.organizations.erase(organizationId, pseudonymOf, anEntry);
    const { prisma } = database;
    expect(await prisma.user.count({ where: { organizationId } })).toBe(0);
    const erased = { userId: pseudonymOf('3000'), actor: pseudonymOf('admin'), organizationId };
    expect(await prisma.event.count({ where: erased })).toBe(1);
    const named = { organizationId, NOT: { userId: { startsWith: 'erased:' } } };
    expect(await prisma.event.count({ where: named })).toBe(0);
  });
});
