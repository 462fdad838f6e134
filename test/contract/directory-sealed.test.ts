/**
 * Phone numbers and push tokens in a database that was stolen, or written to: nothing to be read,
 * nothing to be put in another's place. And the secrets can be changed under a running service.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { prismaWebhookEndpoints } from '../../src/adapters/postgres/audit/webhook-endpoints.ts';
import type { Database } from '../../src/adapters/postgres/connection/client.ts';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { reencrypt } from '../../src/adapters/postgres/sealed/reencrypt.ts';
import { sealedToken } from '../../src/adapters/postgres/sealed/sealed-columns.ts';
import { type Sealing, sealing } from '../../src/adapters/sealing.ts';
import type { UserKey } from '../../src/domain/people.ts';
import type { Secret } from '../../src/domain/secrets/keys.ts';
import { databases, textOf } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import {
  activate,
  aDevice,
  aFactor,
  anEntry,
  anEntryFor,
  confirmation,
  entriesFor,
  knownMember,
} from '../support/people.ts';
import { use } from '../support/use.ts';

const secret = (kid: string): Secret => ({ kid, bytes: randomBytes(32) });
const [k1, k2] = [secret('k1'), secret('k2')];
const [before, during, after] = [sealing([k1]), sealing([k2, k1]), sealing([k2])];

const aNumber = () => `+316${String(randomBytes(4).readUInt32BE()).padStart(10, '0').slice(-8)}`;

describe.each(databases)('what the directory seals on %s', (_name, open) => {
  const database = use(open);
  /** The same database for a replica that has the old secret, both, and the new one only. */
  const under = (sealed: Sealing) => use(() => prismaDirectory(database, sealed, roomy));
  const [old, both, renewed] = [under(before), under(during), under(after)];

  async function enrolled(directory: Directory) {
    const user = await knownMember(directory);
    const [factor, device] = [aFactor(aNumber()), aDevice()];
    await directory.factors.confirm(user, confirmation({ factor, device }), anEntry);
    return { user, factor, device };
  }

  const waysOf = async (directory: Directory, user: UserKey) => {
    const { factors, devices } = await directory.users.load(user);
    return { addresses: factors.map(({ address }) => address), devices };
  };

  test('is nowhere in the text of all tables', async () => {
    const { user, factor, device } = await enrolled(old);
    const text = await textOf(database);
    expect(text).toContain(factor.id);
    for (const hidden of [factor.address, factor.address.slice(3), device.pushToken]) {
      expect(text).not.toContain(hidden);
      expect(text).not.toContain(Buffer.from(hidden).toString('base64url'));
      expect(text).not.toContain(Buffer.from(hidden).toString('hex'));
    }
    expect(await waysOf(old, user)).toEqual({ addresses: [factor.address], devices: [device] });
  });

  test('does not tell which users share a phone', async () => {
    const factor = aNumber();
    const [one, other] = [await knownMember(old), await knownMember(old)];
    for (const user of [one, other])
      await old.factors.confirm(user, confirmation({ factor: aFactor(factor) }), anEntry);
    const organizationId = { in: [one.organizationId, other.organizationId] };
    const rows = await database.prisma.factor.findMany({ where: { organizationId } });
    expect(new Set(rows.map(({ addressHash }) => addressHash)).size).toBe(2);
  });

  describe('put in another place', () => {
    test('is an error, not another user’s phone', async () => {
      const [one, other] = [await enrolled(old), await enrolled(old)];
      const { address } = await database.prisma.factor.findUniqueOrThrow({
        where: { id: other.factor.id },
      });
      await database.prisma.factor.update({ where: { id: one.factor.id }, data: { address } });
      await expect(old.users.load(one.user)).rejects.toThrow('authenticate');
    });

    test('is an error, not the other phone of the same user', async () => {
      const { user, factor } = await enrolled(old);
      const second = aFactor(aNumber());
      await old.factors.confirm(
        user,
        confirmation({ factor: second, alreadyVerified: true }),
        anEntry,
      );
      const { address } = await database.prisma.factor.findUniqueOrThrow({
        where: { id: second.id },
      });
      await database.prisma.factor.update({ where: { id: factor.id }, data: { address } });
      await expect(old.users.load(user)).rejects.toThrow('authenticate');
    });

    test('is an error, not another user’s app', async () => {
      const [one, other] = [await enrolled(old), await enrolled(old)];
      const where = (user: UserKey) => ({ organizationId: user.organizationId });
      const { pushToken } = await database.prisma.device.findFirstOrThrow({
        where: where(other.user),
      });
      await database.prisma.device.updateMany({ where: where(one.user), data: { pushToken } });
      await expect(old.users.load(one.user)).rejects.toThrow('authenticate');
    });
  });

  describe('under the old secret', () => {
    test('is read while the new one comes in, and not without the old', async () => {
      const { user, factor, device } = await enrolled(old);
      const ways = { addresses: [factor.address], devices: [device] };
      expect(await waysOf(both, user)).toEqual(ways);
      await expect(renewed.users.load(user)).rejects.toThrow('not among SECRETS');
    });

    test('still is the same number', async () => {
      const { user, factor } = await enrolled(old);
      const again = { factor: aFactor(factor.address), alreadyVerified: true };
      expect(await both.factors.confirm(user, confirmation(again), anEntry)).toBe('factor-exists');
    });

    test('still is the same token: its former user loses it, in either direction', async () => {
      const { user: one, device } = await enrolled(old);
      const other = await knownMember(both);
      await activate(both, other, device, anEntryFor);
      expect((await waysOf(both, one)).devices).toEqual([]);
      expect((await waysOf(both, other)).devices).toEqual([device]);
      const stillFirst = prismaDirectory(database, sealing([k1, k2]), roomy);
      await activate(stillFirst, one, device, anEntryFor);
      expect((await waysOf(both, one)).devices).toEqual([device]);
      expect((await waysOf(both, other)).devices).toEqual([]);
    });

    test('still is the same token while it waits: nobody is told again', async () => {
      const { user, device } = await enrolled(old);
      const sent = { ...device, pushToken: aDevice().pushToken };
      const refreshedOn = async ({ devices }: Directory) => {
        expect(await devices.refresh(user, sent, null, entriesFor(user))).toBe('waiting');
        return database.prisma.event.count({ where: { ...user, type: 'device.refreshed' } });
      };
      expect(await refreshedOn(old)).toBe(1);
      expect(await refreshedOn(both)).toBe(1);
      expect(await refreshedOn(renewed)).toBe(1);
    });

    test('still is the token that is gone', async () => {
      const { user, device } = await enrolled(old);
      await both.devices.markGone(user, [device.pushToken], anEntryFor);
      expect((await waysOf(both, user)).devices).toEqual([]);
    });
  });

  describe('sealed again', () => {
    const renewedOf = async () =>
      (await reencrypt(database.prisma, during)).map((table) => table.renewed);

    test('needs the old secret no more, and stays what it was', async () => {
      await database.prisma.user.deleteMany();
      const { user, factor, device } = await enrolled(old);
      const late = await enrolled(both);
      const endpoints = prismaWebhookEndpoints(database.prisma, before, roomy);
      await endpoints.set(`client-${randomUUID()}`, 'https://panel.example', anEntry);
      expect(await reencrypt(database.prisma, during)).toEqual([
        { table: 'factors', rows: 2, renewed: 1, skipped: 0 },
        { table: 'devices', rows: 2, renewed: 1, skipped: 0 },
        { table: 'webhook_endpoints', rows: 1, renewed: 1, skipped: 0 },
      ]);
      expect(await renewedOf()).toEqual([0, 0, 0]);
      const ways = { addresses: [factor.address], devices: [device] };
      expect(await waysOf(renewed, user)).toEqual(ways);
      const again = { factor: aFactor(factor.address), alreadyVerified: true };
      expect(await renewed.factors.confirm(user, confirmation(again), anEntry)).toBe(
        'factor-exists',
      );
      await activate(renewed, late.user, { ...device, id: 'd-9' }, entriesFor(late.user));
      expect((await waysOf(renewed, user)).devices).toEqual([]);
    });

    test('is done for more rows than go in one batch', async () => {
      await database.prisma.user.deleteMany();
      const user = await knownMember(old);
      await old.users.ensure(user);
      await database.prisma.device.createMany({
        data: Array.from({ length: 1_001 }, (_, n) => {
          const device = { id: `d-${n}`, pushToken: `token-${n}` };
          const sealed = sealedToken(before, user, device);
          return { ...user, id: device.id, platform: 'ios', ...sealed };
        }),
      });
      expect(await renewedOf()).toEqual([0, 1_001, 0]);
      expect((await waysOf(renewed, user)).devices).toHaveLength(1_001);
    });

    test('leaves a token alone that was renewed meanwhile', async () => {
      await database.prisma.user.deleteMany();
      const { user, device } = await enrolled(old);
      const newer = { ...device, pushToken: `token-${randomUUID()}` };
      const overtaken = database.prisma.$extends({
        query: {
          $allOperations: async ({ operation, args, query }) => {
            const isDevices = JSON.stringify(args).includes('UPDATE devices');
            if (operation === '$executeRaw' && isDevices)
              await activate(both, user, newer, anEntryFor);
            return query(args);
          },
        },
      });
      const counts = await reencrypt(overtaken as unknown as Database['prisma'], during);
      expect(counts).toContainEqual({ table: 'devices', rows: 1, renewed: 0, skipped: 1 });
      expect((await waysOf(renewed, user)).devices).toEqual([newer]);
    });
  });
});
