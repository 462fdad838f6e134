/** What an administrator sees of many users, and sets for one. */
import { describe, expect, test } from '@jest/globals';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import type { UserGroup, UserKey, UserState } from '../../src/domain/people.ts';
import { aCharge } from '../support/challenges.ts';
import { databases, skip, useDatabase } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import {
  activate,
  aDevice,
  aFactor,
  anEntry,
  anEntryFor,
  anEvent,
  confirmation,
  enrol,
  knownMember,
  member,
  someone,
} from '../support/people.ts';

describe.each(databases)('users on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);

  const lockedFor = async ({ organizationId, userId }: UserKey, ms: number) => {
    await directory.users.ensure({ organizationId, userId });
    const data = { lockedUntil: new Date(Date.now() + ms) };
    await database.prisma.user.updateMany({ where: { organizationId, id: userId }, data });
  };

  const idsOf = async (organizationId: string, state: UserState | null) => {
    const users = await directory.users.list({ organizationId, state, after: null, limit: 100 });
    return users.map(({ userId }) => userId);
  };

  /** Someone whose one factor is an app whose push token is gone. */
  const withLostApp = async (user: UserKey) => {
    const device = aDevice();
    const factor = aFactor('Qaller', 'push');
    await directory.users.ensure(user);
    await directory.factors.confirm(user, confirmation({ factor, device }), anEntry);
    await directory.devices.markGone(user, [device.pushToken], anEntryFor);
  };

  describe('one user', () => {
    test('is known once noted, and noting again changes nothing', async () => {
      const user = await member(directory);
      await directory.users.ensure(user);
      await directory.users.setPolicy(user, 'mandatory', anEntry);
      await directory.users.ensure(user);
      expect(await directory.users.load(user)).toMatchObject({ known: true, policy: 'mandatory' });
    });

    test("has a policy of one's own until it is taken away", async () => {
      const user = await member(directory);
      expect(await directory.users.setPolicy(user, 'optional', anEntry)).toBe(true);
      expect((await directory.users.load(user)).policy).toBe('optional');
      expect(await directory.users.setPolicy(user, null, anEntry)).toBe(true);
      expect(await directory.users.load(user)).toMatchObject({ known: true, policy: null });
    });

    test('of an unknown organization is not made', async () => {
      const user = someone();
      await directory.users.ensure(user);
      expect(await directory.users.setPolicy(user, 'mandatory', anEntry)).toBe(false);
      await directory.guessAccounts.clear(user, anEntry);
      expect((await directory.users.load(user)).known).toBe(false);
    });

    test('is locked until it is lifted', async () => {
      const user = await member(directory);
      await directory.users.ensure(user);
      for (let i = 0; i < 20; i += 1)
        await directory.guessAccounts.charge(user, aCharge({ kind: 'long', limit: 20 }));
      expect(Number((await directory.users.load(user)).lockedUntil)).toBeGreaterThan(Date.now());
      await directory.guessAccounts.clear(user, anEntry);
      await directory.guessAccounts.clear(user, anEntry);
      expect((await directory.users.load(user)).lockedUntil).toBeNull();
    });
  });

  describe('the list', () => {
    test('has each state, and of each user what is known', async () => {
      const { organizationId } = await member(directory);
      const user = (userId: string) => ({ organizationId, userId });
      await directory.users.ensure(user('a-seen'));
      await enrol(directory, user('b-one'), 1);
      await enrol(directory, user('c-two'), 2);
      await skip(database.prisma, user('d-later'), 'primary');
      await lockedFor(user('e-locked'), 60_000);
      await lockedFor(user('f-was-locked'), -1_000);
      await directory.users.setPolicy(user('b-one'), 'mandatory', anEntry);
      await withLostApp(user('g-lost'));

      expect(await idsOf(organizationId, null)).toHaveLength(7);
      expect(await idsOf(organizationId, 'enrolled')).toEqual(['b-one', 'c-two', 'g-lost']);
      expect(await idsOf(organizationId, 'no-backup')).toEqual(['b-one', 'g-lost']);
      expect(await idsOf(organizationId, 'unreachable')).toEqual(['g-lost']);
      expect(await idsOf(organizationId, 'postponed')).toEqual(['d-later']);
      expect(await idsOf(organizationId, 'locked')).toEqual(['e-locked']);
      const query = { organizationId, state: null, after: 'a-seen', limit: 1 };
      expect(await directory.users.list(query)).toEqual([
        {
          userId: 'b-one',
          policy: 'mandatory',
          factors: 1,
          unreachable: false,
          postponedAt: null,
          lockedUntil: null,
        },
      ]);
    });

    test('has users as unreachable when their one method is not offered', async () => {
      const user = await member(directory);
      await enrol(directory, user, 1);
      await withLostApp({ ...user, userId: '43' });
      const unreachable = async (methods: string[]) => {
        const query = { organizationId: user.organizationId, after: null, limit: 9, methods };
        const found = await directory.users.list({ ...query, state: 'unreachable' });
        return found.map((one) => [one.userId, one.unreachable]);
      };
      expect(await unreachable(['call', 'push'])).toEqual([['43', true]]);
      expect(await unreachable(['push'])).toEqual([
        ['42', true],
        ['43', true],
      ]);
    });

    test('follows a user in and out of reach', async () => {
      const user = await member(directory);
      const reached = async () => (await idsOf(user.organizationId, 'unreachable')).length === 0;
      await withLostApp(user);
      expect(await reached()).toBe(false);
      await activate(directory, user, aDevice(), anEntryFor);
      expect(await reached()).toBe(true);
      await activate(directory, await knownMember(directory), aDevice(), anEntryFor);
      const [device] = (await directory.users.load(user)).devices;
      if (device) await activate(directory, await knownMember(directory), device, anEntryFor);
      expect(await reached()).toBe(false);
      await directory.factors.confirm(user, confirmation({ alreadyVerified: true }), anEntry);
      expect(await reached()).toBe(true);
      const { factors } = await directory.users.load(user);
      const phone = factors.find(({ method }) => method === 'call')?.id ?? '';
      expect(await directory.factors.remove(user, phone, true, anEntryFor)).toBe('last-factor');
      expect(await directory.factors.remove(user, phone, false, anEntryFor)).toBe('removed');
      expect((await directory.users.load(user)).factors).toEqual([]);
      expect(await reached()).toBe(true);
    });

    test('follows a user from state to state', async () => {
      const user = await member(directory);
      const states = async () => {
        const all = ['enrolled', 'no-backup', 'postponed'] as const;
        const found = await Promise.all(all.map((state) => idsOf(user.organizationId, state)));
        return all.filter((_, index) => found[index]?.length);
      };
      await skip(database.prisma, user, 'primary');
      expect(await states()).toEqual(['postponed']);
      const [first] = await enrol(directory, user, 2);
      expect(await states()).toEqual(['enrolled']);
      await directory.factors.remove(user, first?.id ?? '', false, anEntryFor);
      expect(await states()).toEqual(['enrolled', 'no-backup']);
      await directory.factors.reset(user, () => anEntry);
      expect(await states()).toEqual([]);
    });

    test('comes page by page with everyone once, and nobody of another organization', async () => {
      const [{ organizationId }, other] = [await member(directory), await member(directory)];
      await directory.users.ensure(other);
      const ids = ['10', '9', 'Z', 'a', 'é', '~', ' x', 'B'];
      for (const userId of ids) await directory.users.ensure({ organizationId, userId });
      const seen: string[] = [];
      for (let after: string | null = null; ; ) {
        const page = await directory.users.list({ organizationId, state: null, after, limit: 3 });
        seen.push(...page.map(({ userId }) => userId));
        after = seen.at(-1) ?? null;
        if (page.length < 3) break;
      }
      expect(seen).toEqual(await idsOf(organizationId, null));
      expect([...seen].sort()).toEqual([...ids].sort());
    });

    test('is empty past its end and for an unknown organization', async () => {
      const user = await member(directory);
      await directory.users.ensure(user);
      const { organizationId } = user;
      const rest = { organizationId, state: null, after: '43', limit: 9 };
      expect(await directory.users.list(rest)).toEqual([]);
      expect(await idsOf(someone().organizationId, 'locked')).toEqual([]);
    });
  });

  describe('the groups', () => {
    const sorted = (groups: UserGroup[]) => groups.map((group) => JSON.stringify(group)).sort();

    test('have policy, factors and the app of the last approval', async () => {
      const trail = prismaAuditTrail(database, roomy);
      const { organizationId } = await member(directory);
      const user = (userId: string) => ({ organizationId, userId });
      const letIn = (userId: string, appVersion: string | null, app = 'qaller') =>
        trail.record(anEvent(user(userId), { type: 'challenge.approved', app, appVersion }));
      for (const id of ['a', 'b', 'c', 'd']) await directory.users.ensure(user(id));
      await enrol(directory, user('c'), 1);
      await enrol(directory, user('d'), 3);
      await directory.users.setPolicy(user('d'), 'mandatory', anEntry);
      await letIn('a', '2.0.0');
      await letIn('b', '1.0.0', 'vamos');
      await letIn('b', '2.0.0');
      await trail.record(anEvent(user('b'), { appVersion: '9.9.9' }));
      await letIn('c', null);

      const base = {
        policy: null,
        factors: 0,
        offered: false,
        reachedBy: [] as string[],
        app: 'qaller',
        appVersion: '2.0.0',
        users: 1,
      };
      const one = { offered: true, reachedBy: ['call'] };
      expect(sorted(await directory.users.group(organizationId, ['call']))).toEqual(
        sorted([
          { ...base, users: 2 },
          { ...base, ...one, factors: 1, appVersion: null },
          { ...base, ...one, policy: 'mandatory', factors: 2, app: null, appVersion: null },
        ]),
      );
    });

    test('are none where there are no users', async () => {
      const { organizationId } = await member(directory);
      expect(await directory.users.group(organizationId, ['call'])).toEqual([]);
      expect(await directory.users.group('never heard of', ['call'])).toEqual([]);
    });

    test('count every user of a large organization once', async () => {
      const { organizationId } = await member(directory);
      await database.prisma.$executeRaw`
        INSERT INTO users (organization_id, id)
        SELECT ${organizationId}, n::text FROM generate_series(1, 10000) n`;
      await directory.factors.confirm({ organizationId, userId: '9999' }, confirmation(), anEntry);
      const groups = await directory.users.group(organizationId, ['call']);
      expect(groups.map(({ factors, users }) => [factors, users]).sort()).toEqual([
        [0, 9_999],
        [1, 1],
      ]);
    });
  });
});
