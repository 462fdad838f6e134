/** Whose device it is, of how many, and when it goes. */
import { describe, expect, test } from '@jest/globals';
import { maxDevices } from '../../src/domain/limits.ts';
import type { Device, UserKey } from '../../src/domain/people.ts';
import type { Forgetting } from '../../src/domain/ports.ts';
import { databases, useDatabase } from '../support/directories.ts';
import {
  activate,
  aDevice,
  aFactor,
  anEntry,
  anyForgetting,
  confirmation,
  entriesFor,
  knownMember,
  someone,
} from '../support/people.ts';

describe.each(databases)('a device on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);

  async function silentSince({ organizationId }: UserKey, id: string, hours: number) {
    const updatedAt = new Date(Date.now() - hours * 3_600_000);
    await database.prisma.device.updateMany({ where: { organizationId, id }, data: { updatedAt } });
  }

  test('gets a new token and platform in its own place', async () => {
    const user = await knownMember(directory);
    const renewed = aDevice({ platform: 'ios' });
    await activate(directory, user, aDevice(), entriesFor(user));
    await activate(directory, user, renewed, entriesFor(user));
    await activate(directory, user, renewed, entriesFor(user));
    expect((await directory.users.load(user)).devices).toEqual([renewed]);
  });

  const registered = async (user: UserKey) => (await directory.users.load(user)).registeredDevices;

  /** What the trail has of a user's devices, oldest first. */
  async function entriesOf({ organizationId }: UserKey) {
    const where = { organizationId, type: { startsWith: 'device.' } };
    const rows = await database.prisma.event.findMany({ where, orderBy: { id: 'asc' } });
    return rows.map(({ type, actor, details }) => ({ type, actor, ...(details as object) }));
  }

  test('takes its push token from any other user, also under another device id, and their trail says so', async () => {
    const [one, other] = [await knownMember(directory), await knownMember(directory)];
    const device = aDevice();
    await activate(directory, one, device, entriesFor(one));
    await activate(directory, other, { ...device, id: 'd-2' }, entriesFor(other));
    expect((await directory.users.load(one)).devices).toEqual([]);
    expect((await directory.users.load(other)).devices).toEqual([{ ...device, id: 'd-2' }]);
    const { id, platform } = device;
    expect(await registered(one)).toEqual([{ id, platform, reachable: false, waiting: false }]);
    expect(await entriesOf(one)).toEqual([
      { type: 'device.added', actor: '42', deviceId: id, platform },
      {
        type: 'device.unreachable',
        actor: null,
        deviceId: id,
        platform,
        reason: 'token-taken',
      },
    ]);
    // Whoever has the token now must not get it back to the device that lost it.
    const next = aDevice();
    expect(await directory.devices.refresh(one, next, device.pushToken, entriesFor(one))).toBe(
      'waiting',
    );
  });

  test('that comes under another id takes the place of itself', async () => {
    const user = await knownMember(directory);
    const device = aDevice();
    await activate(directory, user, device, entriesFor(user));
    await activate(directory, user, { ...device, id: 'd-2' }, entriesFor(user));
    expect((await registered(user)).map(({ id }) => id)).toEqual(['d-2']);
    expect((await entriesOf(user)).map(({ type }) => type)).toEqual([
      'device.added',
      'device.removed',
      'device.added',
    ]);
  });

  test('whose token is gone stays known, is sent nothing, and no other is touched', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    const [gone, stays] = [aDevice(), aDevice({ id: 'd-2' })];
    const elsewhere = aDevice();
    await activate(directory, user, gone, entriesFor(user));
    await activate(directory, user, stays, entriesFor(user));
    await activate(directory, other, elsewhere, entriesFor(other));
    const tokens = [gone.pushToken, elsewhere.pushToken, 'unknown'];
    await directory.devices.markGone(user, tokens, entriesFor(user));
    await directory.devices.markGone(user, tokens, entriesFor(user));
    expect((await directory.users.load(user)).devices).toEqual([stays]);
    expect((await registered(user)).map(({ reachable }) => reachable)).toEqual([false, true]);
    expect((await directory.users.load(other)).devices).toEqual([elsewhere]);
    expect((await entriesOf(user)).filter(({ type }) => type === 'device.unreachable')).toEqual([
      expect.objectContaining({ deviceId: gone.id, reason: 'token-gone' }),
    ]);
  });

  test('takes a new token with the one before it, even a dead one, and only once', async () => {
    const user = await knownMember(directory);
    const [first, second, third] = [aDevice(), aDevice(), aDevice()];
    const refresh = (device: Device, previous: string | null) =>
      directory.devices.refresh(user, device, previous, entriesFor(user));
    await activate(directory, user, first, entriesFor(user));
    await directory.devices.markGone(user, [first.pushToken], entriesFor(user));
    expect(await refresh(second, first.pushToken)).toBe('refreshed');
    expect(await refresh(second, first.pushToken)).toBe('unchanged');
    expect(await refresh(third, first.pushToken)).toBe('waiting');
    expect((await directory.users.load(user)).devices).toEqual([second]);
    expect(await refresh(third, second.pushToken)).toBe('refreshed');
    expect((await directory.users.load(user)).devices).toEqual([third]);
    expect(await registered(user)).toMatchObject([{ waiting: false }]);
  });

  test('waits with a token that came alone, and the old one stays in use', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    const [device, theirs] = [aDevice(), aDevice()];
    await activate(directory, user, device, entriesFor(user));
    await activate(directory, other, theirs, entriesFor(other));
    const { pushToken } = theirs;
    const refresh = () =>
      directory.devices.refresh(user, { ...device, pushToken }, null, entriesFor(user));
    expect([await refresh(), await refresh()]).toEqual(['waiting', 'waiting']);
    expect((await directory.users.load(user)).devices).toEqual([device]);
    expect((await directory.users.load(other)).devices).toEqual([theirs]);
    expect(await registered(user)).toMatchObject([{ reachable: true, waiting: true }]);
    const waiting = { type: 'device.refreshed', deviceId: device.id, waiting: true };
    expect((await entriesOf(user)).slice(1)).toEqual([expect.objectContaining(waiting)]);
    const proved = aDevice();
    expect(await activate(directory, user, proved, entriesFor(user))).toBe('refreshed');
    expect((await directory.users.load(user)).devices).toEqual([proved]);
    expect(await registered(user)).toMatchObject([{ waiting: false }]);
  });

  test('keeps its place among the others when its token is renewed', async () => {
    const user = await knownMember(directory);
    const [one, two] = [aDevice(), aDevice({ id: 'd-2' })];
    await activate(directory, user, one, entriesFor(user));
    await activate(directory, user, two, entriesFor(user));
    await activate(directory, user, one, entriesFor(user));
    expect((await directory.users.load(user)).devices).toEqual([one, two]);
  });

  test('drops the one unused the longest when there are too many', async () => {
    const user = await knownMember(directory);
    const devices = Array.from({ length: maxDevices }, (_, n) => aDevice({ id: `d-${n}` }));
    for (const device of devices) await activate(directory, user, device, entriesFor(user));
    await silentSince(user, 'd-3', 2);
    await silentSince(user, 'd-7', 1);
    const previous = devices[3]?.pushToken ?? null;
    await directory.devices.refresh(user, aDevice({ id: 'd-3' }), previous, entriesFor(user));
    await activate(directory, user, aDevice({ id: 'd-new' }), entriesFor(user));
    const ids = (await directory.users.load(user)).devices.map(({ id }) => id);
    const rest = devices.map(({ id }) => id).filter((id) => id !== 'd-7');
    expect(ids.sort()).toEqual([...rest, 'd-new'].sort());
  });

  test('that codes do not reach makes room before one that they reach', async () => {
    const user = await knownMember(directory);
    const devices = Array.from({ length: maxDevices }, (_, n) => aDevice({ id: `d-${n}` }));
    for (const device of devices) await activate(directory, user, device, entriesFor(user));
    await silentSince(user, 'd-0', 2);
    const gone = devices.at(-1)?.pushToken ?? '';
    await directory.devices.markGone(user, [gone], entriesFor(user));
    await activate(directory, user, aDevice({ id: 'd-new' }), entriesFor(user));
    const ids = (await registered(user)).map(({ id }) => id);
    expect(ids).toHaveLength(maxDevices);
    expect(ids).not.toContain('d-9');
  });

  test('that is not known is not refreshed, and takes no token from anyone', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    const device = aDevice();
    const refresh = (whose: UserKey) =>
      directory.devices.refresh(whose, device, device.pushToken, entriesFor(whose));
    await activate(directory, other, device, entriesFor(other));
    expect(await refresh(someone())).toBe('not-found');
    expect(await refresh(user)).toBe('not-found');
    await activate(directory, user, aDevice({ id: 'd-2' }), entriesFor(user));
    expect(await refresh(user)).toBe('not-found');
    expect((await directory.users.load(other)).devices).toEqual([device]);
  });

  test('that is refreshed with the token of another takes it from there', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    const [device, before] = [aDevice(), aDevice()];
    await activate(directory, other, device, entriesFor(other));
    await activate(directory, user, before, entriesFor(user));
    expect(await directory.devices.refresh(user, device, before.pushToken, entriesFor(user))).toBe(
      'refreshed',
    );
    expect((await directory.users.load(user)).devices).toEqual([device]);
    expect((await directory.users.load(other)).devices).toEqual([]);
  });

  test('is forgotten by its id, of this user alone', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    const device = aDevice();
    const forget = (whose: UserKey, id: string) =>
      directory.devices.forget(whose, id, anyForgetting, entriesFor(whose));
    await activate(directory, user, aDevice(), entriesFor(user));
    await activate(directory, other, device, entriesFor(other));
    expect(await forget(user, 'unknown')).toBe('not-found');
    expect(await forget(someone(), 'd-1')).toBe('not-found');
    expect(await forget(user, 'd-1')).toBe('forgotten');
    expect((await directory.users.load(user)).devices).toEqual([]);
    expect((await directory.users.load(other)).devices).toEqual([device]);
  });

  describe('that is the last one', () => {
    async function withPush() {
      const user = await knownMember(directory);
      const [device, other] = [aDevice(), aDevice({ id: 'd-2' })];
      const factor = aFactor('Qaller', 'push');
      await directory.factors.confirm(user, confirmation({ factor, device }), anEntry);
      await activate(directory, user, other, entriesFor(user));
      const forget = (id: string, given: Partial<Forgetting>) =>
        directory.devices.forget(user, id, { ...anyForgetting, ...given }, entriesFor(user));
      return { user, factor, forget };
    }

    test('goes only when that is allowed, also when others are forgotten meanwhile', async () => {
      const { user, forget } = await withPush();
      const outcomes = await Promise.all([
        forget('d-1', { last: false }),
        forget('d-2', { last: false }),
      ]);
      expect(outcomes.sort()).toEqual(['forgotten', 'last-device']);
      expect((await directory.users.load(user)).devices).toHaveLength(1);
    });

    test('stays when the last factor must stay', async () => {
      const { user, forget } = await withPush();
      expect(await forget('d-1', { keepLast: true })).toBe('forgotten');
      expect(await forget('d-2', { keepLast: true })).toBe('last-factor');
      expect((await directory.users.load(user)).devices).toHaveLength(1);
    });

    test('takes a factor with it that would keep its user out, and no other', async () => {
      const { user, forget } = await withPush();
      await forget('d-1', {});
      expect(await forget('d-2', {})).toBe('forgotten');
      expect(await directory.users.load(user)).toMatchObject({ factors: [], devices: [] });

      const both = await withPush();
      const phone = confirmation({ alreadyVerified: true });
      await directory.factors.confirm(both.user, phone, anEntry);
      await both.forget('d-1', { keepLast: true });
      expect(await both.forget('d-2', { keepLast: true })).toBe('forgotten');
      expect((await directory.users.load(both.user)).factors).toHaveLength(2);
    });
  });

  test('has to be there when push is confirmed', async () => {
    const user = await knownMember(directory);
    const push = confirmation({ factor: aFactor('Qaller', 'push') });
    expect(await directory.factors.confirm(user, push, anEntry)).toBe('no-device');
    expect((await directory.users.load(user)).factors).toEqual([]);
  });
});
