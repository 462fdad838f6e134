/** Whose device it is, of how many, and when it goes. */
import { describe, expect, test } from '@jest/globals';
import { maxDevices } from '../../src/domain/limits.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { databases, useDatabase } from '../support/directories.ts';
import { aDevice, member, someone } from '../support/people.ts';

describe.each(databases)('a device on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);

  async function silentSince({ organizationId }: UserKey, id: string, hours: number) {
    const updatedAt = new Date(Date.now() - hours * 3_600_000);
    await database.prisma.device.updateMany({ where: { organizationId, id }, data: { updatedAt } });
  }

  test('gets a new token and platform in its own place', async () => {
    const user = await member(directory);
    const renewed = aDevice({ platform: 'ios' });
    await directory.devices.activate(user, aDevice());
    await directory.devices.activate(user, renewed);
    await directory.devices.activate(user, renewed);
    expect((await directory.users.load(user)).devices).toEqual([renewed]);
  });

  test('takes its push token from any other user, also under another device id', async () => {
    const [one, other] = [await member(directory), await member(directory)];
    const device = aDevice();
    await directory.devices.activate(one, device);
    await directory.devices.activate(other, { ...device, id: 'd-2' });
    expect((await directory.users.load(one)).devices).toEqual([]);
    expect((await directory.users.load(other)).devices).toEqual([{ ...device, id: 'd-2' }]);
  });

  test('that is gone is forgotten, and no other', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const [gone, stays] = [aDevice(), aDevice({ id: 'd-2' })];
    const elsewhere = aDevice();
    await directory.devices.activate(user, gone);
    await directory.devices.activate(user, stays);
    await directory.devices.activate(other, elsewhere);
    await directory.devices.forgetTokens(user, [gone.pushToken, elsewhere.pushToken, 'unknown']);
    expect((await directory.users.load(user)).devices).toEqual([stays]);
    expect((await directory.users.load(other)).devices).toEqual([elsewhere]);
  });

  test('keeps its place among the others when its token is renewed', async () => {
    const user = await member(directory);
    const [one, two] = [aDevice(), aDevice({ id: 'd-2' })];
    await directory.devices.activate(user, one);
    await directory.devices.activate(user, two);
    await directory.devices.activate(user, one);
    expect((await directory.users.load(user)).devices).toEqual([one, two]);
  });

  test('drops the one heard of longest ago when there are too many', async () => {
    const user = await member(directory);
    const devices = Array.from({ length: maxDevices }, (_, n) => aDevice({ id: `d-${n}` }));
    for (const device of devices) await directory.devices.activate(user, device);
    await silentSince(user, 'd-3', 2);
    await silentSince(user, 'd-7', 1);
    await directory.devices.refresh(user, aDevice({ id: 'd-3' }));
    await directory.devices.activate(user, aDevice({ id: 'd-new' }));
    const ids = (await directory.users.load(user)).devices.map(({ id }) => id);
    const rest = devices.map(({ id }) => id).filter((id) => id !== 'd-7');
    expect(ids.sort()).toEqual([...rest, 'd-new'].sort());
  });

  test('that is not known is not refreshed, and takes no token from anyone', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const device = aDevice();
    await directory.devices.activate(other, device);
    expect(await directory.devices.refresh(someone(), device)).toBe(false);
    expect(await directory.devices.refresh(user, device)).toBe(false);
    await directory.devices.activate(user, aDevice({ id: 'd-2' }));
    expect(await directory.devices.refresh(user, device)).toBe(false);
    expect((await directory.users.load(other)).devices).toEqual([device]);
  });

  test('that is refreshed with the token of another takes it from there', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const device = aDevice();
    await directory.devices.activate(other, device);
    await directory.devices.activate(user, aDevice());
    expect(await directory.devices.refresh(user, device)).toBe(true);
    expect((await directory.users.load(user)).devices).toEqual([device]);
    expect((await directory.users.load(other)).devices).toEqual([]);
  });

  test('is forgotten by its id, of this user alone', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const device = aDevice();
    await directory.devices.activate(user, aDevice());
    await directory.devices.activate(other, device);
    expect(await directory.devices.forget(user, 'unknown')).toBe(false);
    expect(await directory.devices.forget(someone(), 'd-1')).toBe(false);
    expect(await directory.devices.forget(user, 'd-1')).toBe(true);
    expect((await directory.users.load(user)).devices).toEqual([]);
    expect((await directory.users.load(other)).devices).toEqual([device]);
  });
});
