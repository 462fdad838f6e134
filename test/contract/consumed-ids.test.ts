/** An id is consumed once, even when others try, until long after it could be used. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { databases, useDatabase } from '../support/directories.ts';

const aDay = 86_400_000;

describe.each(databases)('what is used up, on %s', (_name, open) => {
  const { database, consumedIds: spent } = useDatabase(open);

  const older = (ids: string[], ms: number) =>
    database.prisma.spentId.updateMany({
      where: { id: { in: ids } },
      data: { at: new Date(Date.now() - ms) },
    });

  test('goes to exactly one of fifty attempts at once', async () => {
    const id = randomUUID();
    const attempts = Array.from({ length: 50 }, (_, index) => `attempt-${index}`);
    const told = await Promise.all(attempts.map((by) => spent.spend(id, by)));
    const winners = attempts.filter((_, index) => told[index]);
    expect(winners).toHaveLength(1);
    const again = await Promise.all(attempts.map((by) => spent.spend(id, by)));
    expect(attempts.filter((_, index) => again[index])).toEqual(winners);
  });

  test('stays with the attempt that used it up, however often that comes again', async () => {
    const id = randomUUID();
    const same = await Promise.all(Array.from({ length: 10 }, () => spent.spend(id, 'first')));
    expect(same).toEqual(Array.from({ length: 10 }, () => true));
    expect(await spent.spend(id, 'second')).toBe(false);
    expect(await spent.spend(id, 'first')).toBe(true);
  });

  test('has nothing to do with what else the same attempt uses up', async () => {
    expect(await spent.spend(randomUUID(), 'one')).toBe(true);
    expect(await spent.spend(randomUUID(), 'one')).toBe(true);
  });

  test('is forgotten when its time is over, however much it is, and no sooner', async () => {
    const [old, recent] = [randomUUID(), randomUUID()];
    await database.prisma.$executeRaw`
      INSERT INTO spent_ids (id, by, at)
      SELECT 'old-' || n, 'x', now() - interval '2 days' FROM generate_series(1, 12000) n`;
    await Promise.all([old, recent].map((id) => spent.spend(id, 'first')));
    await older([old], aDay + 60_000);
    await older([recent], aDay - 60_000);
    await Promise.all([1, 2].map(() => spent.prune(new Date(Date.now() - aDay))));
    expect(await spent.spend(old, 'second')).toBe(true);
    expect(await spent.spend(recent, 'second')).toBe(false);
    expect(await database.prisma.spentId.count({ where: { by: 'x' } })).toBe(0);
  });
});
