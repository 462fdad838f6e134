/** What the directory promises, on the embedded database and on a real one alike. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { withGroups } from '../../src/adapters/postgres/connection/client.ts';
import type { RunStatement } from '../../src/adapters/postgres/connection/statements.ts';
import { nameIn } from '../../src/domain/mode.ts';
import type { Organization } from '../../src/domain/people.ts';
import { databases, directoryOn, skip, useDatabase } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import {
  activate,
  aDevice,
  aFactor,
  anEntry,
  anEntryFor,
  anOrganization,
  confirmation,
  knownMember,
  member,
  someone,
} from '../support/people.ts';
import { aTheme } from '../support/themes.ts';

const call = aFactor('+31612345678');
const aMinute = 60_000;

describe.each(databases)('the directory on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);

  test('answers a ping once every migration is known', async () => {
    await expect(directory.database.ping()).resolves.toBeUndefined();
  });

  describe('an organization', () => {
    test('never heard of is null', async () => {
      expect(await directory.organizations.find('nobody')).toBeNull();
    });

    test('is found as it was saved, first made and then replaced', async () => {
      const first = anOrganization(randomUUID(), {
        mandatoryFrom: new Date('2027-03-01T12:00:00.001Z'),
        firstSetup: 'pass',
        knownDevices: { days: 90, skipCode: true },
        theme: aTheme,
      });
      const second = anOrganization(first.id, { policy: 'off', backup: 'required' });
      expect(await directory.organizations.save(first, anEntry)).toEqual({ created: true });
      expect(await directory.organizations.find(first.id)).toEqual(first);
      expect(await directory.organizations.save(second, anEntry)).toEqual({ created: false });
      expect(await directory.organizations.find(first.id)).toEqual(second);
    });

    test('is listed by id, a page at a time, apart from those of test mode', async () => {
      const prefix = randomUUID();
      const [one, two, three] = [1, 2, 3].map((n) => anOrganization(`${prefix}-${n}`));
      const tried = anOrganization(nameIn('test', `${prefix}-2`));
      for (const made of [three, tried, one, two])
        if (made) await directory.organizations.save(made, anEntry);
      const list = (mode: 'live' | 'test', after: string, limit: number) =>
        directory.organizations.list({ mode, after, limit });
      expect(await list('live', prefix, 2)).toEqual([one, two]);
      expect(await list('live', two?.id ?? '', 1)).toEqual([three]);
      expect(await list('test', nameIn('test', prefix), 1)).toEqual([tried]);
      const [first] = await directory.organizations.list({ mode: 'test', after: null, limit: 1 });
      expect(first?.id).toMatch(/^ test:/);
    });

    test.each<[field: string, wrong: Partial<Organization>]>([
      ['policy', { policy: 'maybe' as 'off' }],
      ['first_setup', { firstSetup: 'closed' as 'open' }],
      ['known_device_days', { knownDevices: { days: 91, skipCode: false } }],
      ['known_device_days', { knownDevices: { days: -1, skipCode: false } }],
    ])('with a %s that does not exist is refused by the database itself', async (field, given) => {
      const wrong = anOrganization(randomUUID(), given);
      await expect(directory.organizations.save(wrong, anEntry)).rejects.toThrow(
        `organizations_${field}_check`,
      );
    });

    test('is changed from what it is, and answered as it is stored', async () => {
      const { organizations } = directory;
      const before = anOrganization(randomUUID(), {
        mandatoryFrom: new Date('2027-03-01T00:00:00Z'),
      });
      await organizations.save(before, anEntry);
      const make = (current: Organization) => ({ ...current, language: 'de-DE' });
      const changed = await organizations.change(before.id, make, () => anEntry);
      expect(changed).toEqual({ ...before, language: 'de-DE' });
      expect(await organizations.find(before.id)).toEqual(changed);
    });

    test('never heard of is not made by a change, and leaves no entry', async () => {
      const id = randomUUID();
      const never = () => {
        throw new Error('is not called');
      };
      expect(await directory.organizations.change(id, never, never)).toBeNull();
      expect(await directory.organizations.find(id)).toBeNull();
    });

    test('whose change fails stays as it was', async () => {
      const before = anOrganization(randomUUID());
      await directory.organizations.save(before, anEntry);
      const make = (current: Organization) => ({ ...current, policy: 'maybe' as 'off' });
      const change = directory.organizations.change(before.id, make, () => anEntry);
      await expect(change).rejects.toThrow('organizations_policy_check');
      expect(await directory.organizations.find(before.id)).toEqual(before);
    });
  });

  describe('a user', () => {
    test('of an unknown organization has the defaults', async () => {
      const user = someone();
      expect(await directory.users.load(user)).toEqual({
        ...user,
        known: false,
        organization: null,
        policy: null,
        factors: [],
        devices: [],
        registeredDevices: [],
        knownDevices: [],
        backupSkippedAt: null,
        lockedUntil: null,
        shortGuesses: 0,
        loadedAt: expect.any(Date),
      });
    });

    test('never seen has the organization and no more', async () => {
      const user = await member(directory);
      const loaded = await directory.users.load(user);
      const { theme: _, ...rules } = anOrganization(user.organizationId);
      expect(loaded.organization).toEqual(rules);
      expect(loaded).toMatchObject({ known: false, policy: null, factors: [], devices: [] });
    });

    test('is loaded with the time of the database', async () => {
      const user = someone();
      const [{ now } = { now: new Date(0) }] = await database.prisma.$queryRaw<{ now: Date }[]>`
        SELECT clock_timestamp() AS now`;
      const { loadedAt } = await directory.users.load(user);
      expect(loadedAt.getTime()).toBeGreaterThanOrEqual(now.getTime());
      expect(loadedAt.getTime() - now.getTime()).toBeLessThan(aMinute);
    });

    test('is loaded in one query', async () => {
      const statements: string[] = [];
      const run: RunStatement = (statement, values) => {
        statements.push(statement.name);
        return database.run(statement, values);
      };
      await directoryOn(withGroups({ ...database, run }, roomy)).users.load(someone());
      expect(statements).toEqual(['load_users']);
    });

    test('has factors oldest first, with the time of their making', async () => {
      const user = await knownMember(directory);
      const before = Date.now() - aMinute;
      await directory.factors.confirm(user, confirmation({ factor: call }), anEntry);
      const push = confirmation({
        factor: aFactor('qaller', 'push'),
        device: aDevice(),
        alreadyVerified: true,
      });
      await directory.factors.confirm(user, push, anEntry);
      const { factors } = await directory.users.load(user);
      expect(factors).toEqual([
        { ...call, role: 'primary', createdAt: expect.any(Date) },
        { ...push.factor, role: 'secondary', createdAt: expect.any(Date) },
      ]);
      const made = factors.map(({ createdAt }) => createdAt.getTime());
      expect(made.every((at) => at > before && at < Date.now() + aMinute)).toBe(true);
    });

    test('is nobody else, in another organization with the same id', async () => {
      const [user, other] = [await knownMember(directory), await knownMember(directory)];
      await directory.factors.confirm(user, confirmation({ device: aDevice() }), anEntry);
      expect(await directory.users.load(other)).toMatchObject({ factors: [], devices: [] });
    });

    test('keeps what a hostile id is made of', async () => {
      const user = { organizationId: `o'; DROP TABLE users; -- ${randomUUID()}`, userId: '"é\\$1' };
      await directory.organizations.save(anOrganization(user.organizationId), anEntry);
      await directory.users.ensure(user);
      await directory.factors.confirm(user, confirmation({ device: aDevice() }), anEntry);
      const loaded = await directory.users.load(user);
      expect(loaded).toMatchObject({ ...user, organization: { id: user.organizationId } });
      expect(loaded.factors).toHaveLength(1);
    });
  });

  describe('confirming a factor', () => {
    test('makes the first one primary and the next secondary', async () => {
      const user = await knownMember(directory);
      const next = confirmation({ factor: aFactor('+31201234567'), alreadyVerified: true });
      expect(await directory.factors.confirm(user, confirmation(), anEntry)).toBe('confirmed');
      expect(await directory.factors.confirm(user, next, anEntry)).toBe('confirmed');
      const { factors } = await directory.users.load(user);
      expect(factors.map(({ role }) => role)).toEqual(['primary', 'secondary']);
    });

    test('asks for verification once there is an active factor', async () => {
      const user = await knownMember(directory);
      await directory.factors.confirm(user, confirmation(), anEntry);
      const unverified = confirmation({ factor: aFactor('+31201234567'), device: aDevice() });
      expect(await directory.factors.confirm(user, unverified, anEntry)).toBe(
        'verification-required',
      );
      const { factors, devices } = await directory.users.load(user);
      expect([factors.length, devices.length]).toEqual([1, 0]);
    });

    test('refuses the same address twice, though not by another method', async () => {
      const user = await knownMember(directory);
      const with_ = (factor: typeof call) => confirmation({ factor, alreadyVerified: true });
      await directory.factors.confirm(user, with_(aFactor('+31612345678')), anEntry);
      const again = with_(aFactor('+31612345678'));
      expect(await directory.factors.confirm(user, again, anEntry)).toBe('factor-exists');
      const other = with_(aFactor('+31612345678', 'text'));
      expect(await directory.factors.confirm(user, other, anEntry)).toBe('confirmed');
    });

    test('is done once when it is asked for again, its first answer lost', async () => {
      const user = await knownMember(directory);
      const same = confirmation();
      expect(await directory.factors.confirm(user, same, anEntry)).toBe('confirmed');
      expect(await directory.factors.confirm(user, same, anEntry)).toBe('confirmed');
      expect((await directory.users.load(user)).factors).toHaveLength(1);
    });

    test('makes the device active with it', async () => {
      const user = await knownMember(directory);
      const device = aDevice();
      await directory.factors.confirm(user, confirmation({ device }), anEntry);
      expect((await directory.users.load(user)).devices).toEqual([device]);
    });

    test('lets two users have one number', async () => {
      const [one, other] = [await knownMember(directory), await knownMember(directory)];
      expect(await directory.factors.confirm(one, confirmation(), anEntry)).toBe('confirmed');
      expect(await directory.factors.confirm(other, confirmation(), anEntry)).toBe('confirmed');
    });
  });

  describe('passing over a step', () => {
    test('is remembered for the backup', async () => {
      const user = await knownMember(directory);
      await skip(database.prisma, user, 'backup');
      const { backupSkippedAt } = await directory.users.load(user);
      expect(Math.abs(Number(backupSkippedAt) - Date.now())).toBeLessThan(aMinute);
    });

    test('is remembered for the first factor, apart from the backup', async () => {
      const user = await knownMember(directory);
      await skip(database.prisma, user, 'primary');
      await skip(database.prisma, user, 'primary');
      expect((await directory.users.load(user)).backupSkippedAt).toBeNull();
      const where = { organizationId: user.organizationId };
      const row = await database.prisma.user.findFirstOrThrow({ where });
      expect(Math.abs(Number(row.postponedAt) - Date.now())).toBeLessThan(aMinute);
    });
  });

  test('an unknown organization has nothing to change, without an error', async () => {
    const user = someone();
    await skip(database.prisma, user, 'primary');
    await activate(directory, user, aDevice(), anEntryFor);
    await directory.devices.markGone(user, ['unknown'], anEntryFor);
    expect((await directory.users.load(user)).devices).toEqual([]);
    expect(await directory.factors.confirm(user, confirmation(), anEntry)).toBe('gone');
  });

  describe('an API key', () => {
    const aClient = () => ({
      id: randomUUID(),
      name: 'company-panel',
      scopes: ['challenges', 'users'],
      organizations: ['acme', 'beta'] as string[] | null,
      keyHash: new Uint8Array([0, 1, 254, 255]),
    });

    test('is found as it was made, by its id alone', async () => {
      const client = aClient();
      await directory.clients.create(client, anEntry);
      const [found] = await directory.clients.findKeys([client.id, 'unknown']);
      expect(found).toEqual({ ...client, createdAt: expect.any(Date), revokedAt: null });
      expect(Math.abs(Number(found?.createdAt) - Date.now())).toBeLessThan(aMinute);
      expect(await directory.clients.findKeys(['unknown'])).toEqual([]);
    });

    test('is for all organizations, or for a list, also an empty one', async () => {
      for (const organizations of [null, [], ['acme']]) {
        const client = { ...aClient(), organizations };
        await directory.clients.create(client, anEntry);
        const [found] = await directory.clients.findKeys([client.id]);
        expect(found?.organizations).toEqual(organizations);
      }
    });

    test('is listed without its hash, also beside another of the same client', async () => {
      const [one, other] = [aClient(), aClient()];
      await directory.clients.create(one, anEntry);
      await directory.clients.create(other, anEntry);
      const listed = await directory.clients.list();
      expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([one.id, other.id]));
      expect(listed.some((client) => 'keyHash' in client)).toBe(false);
    });

    test('is revoked once, and stays to be found', async () => {
      const client = aClient();
      await directory.clients.create(client, anEntry);
      expect(await directory.clients.revoke('unknown', anEntry)).toBe(false);
      expect(await directory.clients.revoke(client.id, anEntry)).toBe(true);
      const [first] = await directory.clients.findKeys([client.id]);
      expect(await directory.clients.revoke(client.id, anEntry)).toBe(true);
      expect(first?.revokedAt).toBeInstanceOf(Date);
      expect(await directory.clients.findKeys([client.id])).toEqual([first]);
    });
  });
});
