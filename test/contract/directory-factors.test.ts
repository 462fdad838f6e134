/** Removing and promoting factors, one change at a time. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { maxFactors } from '../../src/domain/limits.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { databases, skip, useDatabase } from '../support/directories.ts';
import {
  activate,
  aFactor,
  anEntry,
  anEntryFor,
  confirmation,
  enrol,
  knownMember,
  someone,
} from '../support/people.ts';

describe.each(databases)('the factors of a user on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);

  const rowOf = ({ organizationId }: UserKey) =>
    database.prisma.user.findFirstOrThrow({ where: { organizationId } });

  async function threeFactors() {
    const user = await knownMember(directory);
    const [first, second, third] = await enrol(directory, user, 3);
    if (!first || !second || !third) throw new Error('three factors');
    return { user, first, second, third };
  }

  async function roles(user: UserKey) {
    const { factors } = await directory.users.load(user);
    return Object.fromEntries(factors.map(({ id, role }) => [id, role]));
  }

  test('have a maximum, and a number that exists is reported first', async () => {
    const user = await knownMember(directory);
    const [first] = await enrol(directory, user, maxFactors);
    const another = (address: string) =>
      directory.factors.confirm(
        user,
        confirmation({ factor: aFactor(address), alreadyVerified: true }),
        anEntry,
      );
    expect(await another('+31201234567')).toBe('too-many-factors');
    expect(await another(first?.address ?? '')).toBe('factor-exists');
    expect((await rowOf(user)).factorCount).toBe(maxFactors);
  });

  test('count for the user and end their skipping', async () => {
    const user = await knownMember(directory);
    await skip(database.prisma, user, 'primary');
    await directory.factors.confirm(user, confirmation(), anEntry);
    expect(await rowOf(user)).toMatchObject({ factorCount: 1, postponedAt: null });
  });

  test('have one primary after a promotion, which may be asked for twice', async () => {
    const { user, first, second, third } = await threeFactors();
    expect(await directory.factors.promote(user, third.id, anEntry)).toBe('promoted');
    expect(await directory.factors.promote(user, third.id, anEntry)).toBe('promoted');
    expect(await roles(user)).toEqual({
      [first.id]: 'secondary',
      [second.id]: 'secondary',
      [third.id]: 'primary',
    });
  });

  test('have the oldest secondary as primary once the primary is removed', async () => {
    const { user, first, second, third } = await threeFactors();
    await directory.factors.promote(user, second.id, anEntry);
    expect(await directory.factors.remove(user, second.id, true, anEntryFor)).toBe('removed');
    expect(await roles(user)).toEqual({ [first.id]: 'primary', [third.id]: 'secondary' });
    expect((await rowOf(user)).factorCount).toBe(2);
  });

  test('keep their primary when a secondary is removed', async () => {
    const { user, first, second, third } = await threeFactors();
    expect(await directory.factors.remove(user, second.id, false, anEntryFor)).toBe('removed');
    expect(await roles(user)).toEqual({ [first.id]: 'primary', [third.id]: 'secondary' });
  });

  test('may lose the last one only when it need not stay', async () => {
    const user = await knownMember(directory);
    const [only] = await enrol(directory, user, 1);
    const id = only?.id ?? '';
    expect(await directory.factors.remove(user, id, true, anEntryFor)).toBe('last-factor');
    expect(await roles(user)).toEqual({ [id]: 'primary' });
    expect(await directory.factors.remove(user, id, false, anEntryFor)).toBe('removed');
    expect(await directory.factors.remove(user, id, false, anEntryFor)).toBe('not-found');
    expect((await rowOf(user)).factorCount).toBe(0);
  });

  test('are not to be found by the id of another user, of nobody, or by what is no id', async () => {
    const { user, first } = await threeFactors();
    const [stranger, unknown] = [await threeFactors(), someone()];
    const ids = [stranger.first.id, randomUUID(), first.id.toUpperCase(), '', "1'", '42', '{}'];
    for (const id of ids) {
      expect(await directory.factors.promote(user, id, anEntry)).toBe('not-found');
      expect(await directory.factors.remove(user, id, false, anEntryFor)).toBe('not-found');
    }
    expect(await directory.factors.promote(unknown, first.id, anEntry)).toBe('not-found');
    expect(await directory.factors.remove(unknown, first.id, true, anEntryFor)).toBe('not-found');
    expect(Object.keys(await roles(stranger.user))).toHaveLength(3);
  });

  test('are all gone after a reset, and with them the devices and what was declined', async () => {
    const { user } = await threeFactors();
    await activate(
      directory,
      user,
      {
        id: 'lost',
        platform: 'ios',
        pushToken: randomUUID(),
      },
      anEntryFor,
    );
    await skip(database.prisma, user, 'primary');
    await skip(database.prisma, user, 'backup');
    await directory.factors.reset(user, () => anEntry);
    await directory.factors.reset(someone(), () => anEntry);
    const { factors, devices, backupSkippedAt } = await directory.users.load(user);
    expect([factors, devices, backupSkippedAt]).toEqual([[], [], null]);
    expect(await rowOf(user)).toMatchObject({ factorCount: 0, postponedAt: null });
    expect(await directory.factors.confirm(user, confirmation(), anEntry)).toBe('confirmed');
  });

  test('have exactly one primary by the rules of the database itself', async () => {
    const { prisma } = database;
    const { user, first, second } = await threeFactors();
    const change = (id: string, isPrimary: boolean | null) =>
      prisma.factor.updateMany({ where: { id }, data: { isPrimary } });
    await expect(change(second.id, true)).rejects.toThrow('Unique constraint');
    await expect(change(second.id, false)).rejects.toThrow('factors_is_primary_check');
    await expect(change(first.id, null)).rejects.toThrow('Foreign key constraint');
    const { id } = first;
    await expect(prisma.factor.deleteMany({ where: { id } })).rejects.toThrow('Foreign key');
    const all = { organizationId: user.organizationId };
    await expect(prisma.factor.deleteMany({ where: all })).resolves.toEqual({ count: 3 });
  });
});
