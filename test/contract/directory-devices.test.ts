/** Whose device it is, of how many, and when it goes. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../src/adapters/postgres/client.ts';
import { mostDevices } from '../../src/domain/limits.ts';
import type { Directory, UserKey } from '../../src/domain/ports.ts';
import { databases, directoryOn } from '../support/directories.ts';
import { aDevice, member, someone } from '../support/people.ts';

describe.each(databases)('a device on %s', (_name, open) => {
  let database: Database;
  let directory: Directory;

  beforeAll(async () => {
    database = await open();
    directory = directoryOn(database.prisma);
  }, 60_000);

  afterAll(() => database.close());

  async function silentSince({ organizationId }: UserKey, id: string, hours: number) {
    const updatedAt = new Date(Date.now() - hours * 3_600_000);
    await database.prisma.device.updateMany({ where: { organizationId, id }, data: { updatedAt } });
  }

  test('gets a new token and platform in its own place', async () => {
    const user = await member(directory);
    const renewed = aDevice({ platform: 'ios' });
    await directory.activateDevice(user, aDevice());
    await directory.activateDevice(user, renewed);
    await directory.activateDevice(user, renewed);
    expect((await directory.loadUser(user)).devices).toEqual([renewed]);
  });

  test('leaves whoever had its push token, also under another device id', async () => {
    const [one, other] = [await member(directory), await member(directory)];
    const device = aDevice();
    await directory.activateDevice(one, device);
    await directory.activateDevice(other, { ...device, id: 'd-2' });
    expect((await directory.loadUser(one)).devices).toEqual([]);
    expect((await directory.loadUser(other)).devices).toEqual([{ ...device, id: 'd-2' }]);
  });

  test('that is gone is forgotten, and no other', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const [gone, stays] = [aDevice(), aDevice({ id: 'd-2' })];
    const elsewhere = aDevice();
    await directory.activateDevice(user, gone);
    await directory.activateDevice(user, stays);
    await directory.activateDevice(other, elsewhere);
    await directory.forgetDevices(user, [gone.pushToken, elsewhere.pushToken, 'unknown']);
    expect((await directory.loadUser(user)).devices).toEqual([stays]);
    expect((await directory.loadUser(other)).devices).toEqual([elsewhere]);
  });

  test('keeps its place among the others when its token is renewed', async () => {
    const user = await member(directory);
    const [one, two] = [aDevice(), aDevice({ id: 'd-2' })];
    await directory.activateDevice(user, one);
    await directory.activateDevice(user, two);
    await directory.activateDevice(user, one);
    expect((await directory.loadUser(user)).devices).toEqual([one, two]);
  });

  test('drops the one heard of longest ago when there are too many', async () => {
    const user = await member(directory);
    const devices = Array.from({ length: mostDevices }, (_, n) => aDevice({ id: `d-${n}` }));
    for (const device of devices) await directory.activateDevice(user, device);
    await silentSince(user, 'd-3', 2);
    await silentSince(user, 'd-7', 1);
    await directory.refreshDevice(user, aDevice({ id: 'd-3' }));
    await directory.activateDevice(user, aDevice({ id: 'd-new' }));
    const ids = (await directory.loadUser(user)).devices.map(({ id }) => id);
    const rest = devices.map(({ id }) => id).filter((id) => id !== 'd-7');
    expect(ids.sort()).toEqual([...rest, 'd-new'].sort());
  });

  test('that is not known is not refreshed, and takes no token from anyone', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const device = aDevice();
    await directory.activateDevice(other, device);
    expect(await directory.refreshDevice(someone(), device)).toBe(false);
    expect(await directory.refreshDevice(user, device)).toBe(false);
    await directory.activateDevice(user, aDevice({ id: 'd-2' }));
    expect(await directory.refreshDevice(user, device)).toBe(false);
    expect((await directory.loadUser(other)).devices).toEqual([device]);
  });

  test('that is refreshed with the token of another takes it from there', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const device = aDevice();
    await directory.activateDevice(other, device);
    await directory.activateDevice(user, aDevice());
    expect(await directory.refreshDevice(user, device)).toBe(true);
    expect((await directory.loadUser(user)).devices).toEqual([device]);
    expect((await directory.loadUser(other)).devices).toEqual([]);
  });

  test('is forgotten by its id, of this user alone', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const device = aDevice();
    await directory.activateDevice(user, aDevice());
    await directory.activateDevice(other, device);
    expect(await directory.forgetDevice(user, 'unknown')).toBe(false);
    expect(await directory.forgetDevice(someone(), 'd-1')).toBe(false);
    expect(await directory.forgetDevice(user, 'd-1')).toBe(true);
    expect((await directory.loadUser(user)).devices).toEqual([]);
    expect((await directory.loadUser(other)).devices).toEqual([device]);
  });
});
