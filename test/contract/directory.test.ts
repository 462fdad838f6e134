/** What the directory promises, on the embedded database and on a real one alike. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../src/adapters/postgres/client.ts';
import type { Directory } from '../../src/domain/ports.ts';
import { databases, directoryOn } from '../support/directories.ts';
import {
  aDevice,
  aFactor,
  anOrganization,
  confirmation,
  member,
  someone,
} from '../support/people.ts';

const call = aFactor('+31612345678');
const aMinute = 60_000;

describe.each(databases)('the directory on %s', (_name, open) => {
  let database: Database;
  let directory: Directory;

  beforeAll(async () => {
    database = await open();
    directory = directoryOn(database.prisma);
  }, aMinute);

  afterAll(() => database.close());

  test('answers a ping once every migration is known', async () => {
    await expect(directory.ping()).resolves.toBeUndefined();
  });

  describe('an organization', () => {
    test('never heard of is null', async () => {
      expect(await directory.findOrganization('nobody')).toBeNull();
    });

    test('is found as it was saved, first made and then replaced', async () => {
      const first = anOrganization(randomUUID());
      const second = anOrganization(first.id, { policy: 'off', backup: 'required' });
      expect(await directory.saveOrganization(first)).toEqual({ created: true });
      expect(await directory.findOrganization(first.id)).toEqual(first);
      expect(await directory.saveOrganization(second)).toEqual({ created: false });
      expect(await directory.findOrganization(first.id)).toEqual(second);
    });

    test('with a policy that does not exist is refused by the database itself', async () => {
      const wrong = anOrganization(randomUUID(), { policy: 'maybe' as 'off' });
      await expect(directory.saveOrganization(wrong)).rejects.toThrow('organizations_policy_check');
    });
  });

  describe('a user', () => {
    test('of an organization never heard of has the defaults', async () => {
      const user = someone();
      expect(await directory.loadUser(user)).toEqual({
        ...user,
        known: false,
        organization: null,
        policy: null,
        factors: [],
        devices: [],
        backupSkippedAt: null,
        lockedUntil: null,
        guesses: { short: 0, long: 0 },
      });
    });

    test('never seen has the organization and no more', async () => {
      const user = await member(directory);
      const loaded = await directory.loadUser(user);
      expect(loaded.organization).toEqual(anOrganization(user.organizationId));
      expect(loaded).toMatchObject({ known: false, policy: null, factors: [], devices: [] });
    });

    test('is loaded in one query', async () => {
      const queries: string[] = [];
      const watched = database.prisma.$extends({
        query: {
          $allOperations: ({ operation, args, query }) => {
            queries.push(operation);
            return query(args);
          },
        },
      });
      await directoryOn(watched as unknown as Database['prisma']).loadUser(someone());
      expect(queries).toEqual(['$queryRaw']);
    });

    test('has factors oldest first, with the time of their making', async () => {
      const user = await member(directory);
      const before = Date.now() - aMinute;
      await directory.confirmFactor(user, confirmation({ factor: call }));
      const push = confirmation({ factor: aFactor('qaller', 'push'), alreadyVerified: true });
      await directory.confirmFactor(user, push);
      const { factors } = await directory.loadUser(user);
      expect(factors).toEqual([
        { ...call, role: 'primary', createdAt: expect.any(Date) },
        { ...push.factor, role: 'secondary', createdAt: expect.any(Date) },
      ]);
      const made = factors.map(({ createdAt }) => createdAt.getTime());
      expect(made.every((at) => at > before && at < Date.now() + aMinute)).toBe(true);
    });

    test('is nobody else, in another organization with the same id', async () => {
      const [user, other] = [await member(directory), await member(directory)];
      await directory.confirmFactor(user, confirmation({ device: aDevice() }));
      expect(await directory.loadUser(other)).toMatchObject({ factors: [], devices: [] });
    });

    test('keeps what a hostile id is made of', async () => {
      const user = { organizationId: `o'; DROP TABLE users; -- ${randomUUID()}`, userId: '"é\\$1' };
      await directory.saveOrganization(anOrganization(user.organizationId));
      await directory.confirmFactor(user, confirmation({ device: aDevice() }));
      const loaded = await directory.loadUser(user);
      expect(loaded).toMatchObject({ ...user, organization: { id: user.organizationId } });
      expect(loaded.factors).toHaveLength(1);
    });
  });

  describe('confirming a factor', () => {
    test('makes the first one primary and the next secondary', async () => {
      const user = await member(directory);
      const next = confirmation({ factor: aFactor('+31201234567'), alreadyVerified: true });
      expect(await directory.confirmFactor(user, confirmation())).toBe('confirmed');
      expect(await directory.confirmFactor(user, next)).toBe('confirmed');
      const { factors } = await directory.loadUser(user);
      expect(factors.map(({ role }) => role)).toEqual(['primary', 'secondary']);
    });

    test('asks for verification once there is an active factor', async () => {
      const user = await member(directory);
      await directory.confirmFactor(user, confirmation());
      const unverified = confirmation({ factor: aFactor('+31201234567'), device: aDevice() });
      expect(await directory.confirmFactor(user, unverified)).toBe('verification-required');
      const { factors, devices } = await directory.loadUser(user);
      expect([factors.length, devices.length]).toEqual([1, 0]);
    });

    test('refuses the same address twice, though not by another method', async () => {
      const user = await member(directory);
      const with_ = (factor: typeof call) => confirmation({ factor, alreadyVerified: true });
      await directory.confirmFactor(user, with_(aFactor('+31612345678')));
      const again = with_(aFactor('+31612345678'));
      expect(await directory.confirmFactor(user, again)).toBe('factor-exists');
      const other = with_(aFactor('+31612345678', 'text'));
      expect(await directory.confirmFactor(user, other)).toBe('confirmed');
    });

    test('is done once when it is asked for again, its first answer lost', async () => {
      const user = await member(directory);
      const same = confirmation();
      expect(await directory.confirmFactor(user, same)).toBe('confirmed');
      expect(await directory.confirmFactor(user, same)).toBe('confirmed');
      expect((await directory.loadUser(user)).factors).toHaveLength(1);
    });

    test('makes the device active with it', async () => {
      const user = await member(directory);
      const device = aDevice();
      await directory.confirmFactor(user, confirmation({ device }));
      expect((await directory.loadUser(user)).devices).toEqual([device]);
    });

    test('lets two users have one number', async () => {
      const [one, other] = [await member(directory), await member(directory)];
      expect(await directory.confirmFactor(one, confirmation())).toBe('confirmed');
      expect(await directory.confirmFactor(other, confirmation())).toBe('confirmed');
    });
  });

  describe('passing over a step', () => {
    test('is remembered for the backup', async () => {
      const user = await member(directory);
      await directory.recordSkip(user, 'backup');
      const { backupSkippedAt } = await directory.loadUser(user);
      expect(Math.abs(Number(backupSkippedAt) - Date.now())).toBeLessThan(aMinute);
    });

    test('is remembered for the first factor, apart from the backup', async () => {
      const user = await member(directory);
      await directory.recordSkip(user, 'primary');
      await directory.recordSkip(user, 'primary');
      expect((await directory.loadUser(user)).backupSkippedAt).toBeNull();
      const where = { organizationId: user.organizationId };
      const row = await database.prisma.user.findFirstOrThrow({ where });
      expect(Math.abs(Number(row.postponedAt) - Date.now())).toBeLessThan(aMinute);
    });
  });

  test('an organization never heard of has nothing to change, quietly', async () => {
    const user = someone();
    await directory.recordSkip(user, 'primary');
    await directory.activateDevice(user, aDevice());
    await directory.forgetDevices(user, ['unknown']);
    expect((await directory.loadUser(user)).devices).toEqual([]);
    await expect(directory.confirmFactor(user, confirmation())).rejects.toThrow('organization');
  });

  describe('an API key', () => {
    const aClient = () => ({
      id: randomUUID(),
      name: 'company-panel',
      scopes: ['challenges', 'users'],
      keyHash: new Uint8Array([0, 1, 254, 255]),
    });

    test('is found as it was made, by its id alone', async () => {
      const client = aClient();
      await directory.createClient(client);
      const found = await directory.findClientKey(client.id);
      expect(found).toEqual({ ...client, createdAt: expect.any(Date), revokedAt: null });
      expect(Math.abs(Number(found?.createdAt) - Date.now())).toBeLessThan(aMinute);
      expect(await directory.findClientKey('unknown')).toBeNull();
    });

    test('is listed without its hash, also beside another of the same client', async () => {
      const [one, other] = [aClient(), aClient()];
      await directory.createClient(one);
      await directory.createClient(other);
      const listed = await directory.listClients();
      expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([one.id, other.id]));
      expect(listed.some((client) => 'keyHash' in client)).toBe(false);
    });

    test('is revoked once, and stays to be found', async () => {
      const client = aClient();
      await directory.createClient(client);
      expect(await directory.revokeClient('unknown')).toBe(false);
      expect(await directory.revokeClient(client.id)).toBe(true);
      const first = await directory.findClientKey(client.id);
      expect(await directory.revokeClient(client.id)).toBe(true);
      expect(first?.revokedAt).toBeInstanceOf(Date);
      expect(await directory.findClientKey(client.id)).toEqual(first);
    });
  });
});
