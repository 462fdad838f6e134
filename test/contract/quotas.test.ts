/** Budgets of sending: no burst, at however many replicas, takes more than there is. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { keySlot } from '../../src/adapters/redis/connection/key-slot.ts';
import { redisQuotas } from '../../src/adapters/redis/quotas.ts';
import type { Budget } from '../../src/domain/ports.ts';
import { aChallenge, createIn } from '../support/challenges.ts';
import { inTurn, storeHarnesses, useRedisStores, useStores } from '../support/stores.ts';

const second = 1_000;
const minute = 60 * second;

describe.each(storeHarnesses)('quotas kept in %s', (_name, open) => {
  const { harness, quotas } = useStores(open);

  /** One that no other test knows of. */
  const aBudget = (limit = 5, windowMs = minute): Budget => ({
    name: 'test',
    subject: randomUUID(),
    windows: [{ limit, windowMs }],
  });

  /** The same, of a user: their budgets are in one slot. */
  const ofUser = (budget: Budget): Budget => ({
    ...budget,
    user: { organizationId: 'acme', userId: '42' },
  });

  const limitOf = ({ windows }: Budget) => Math.min(...windows.map(({ limit }) => limit));

  const fill = async (budget: Budget): Promise<string[]> => {
    const members = Array.from({ length: limitOf(budget) }, () => randomUUID());
    for (const member of members) expect(await quotas.take([budget], member)).toBeNull();
    return members;
  };

  /** How many more can be taken; they are. */
  async function roomIn(budget: Budget): Promise<number> {
    let room = 0;
    while ((await quotas.take([budget], randomUUID())) === null) room += 1;
    return room;
  }

  test('200 takes at once of a budget of 5 give exactly 5', async () => {
    const budget = aBudget();
    const takes = Array.from({ length: 200 }, (_, i) =>
      inTurn(harness.quotaReplicas, i).take([budget], `member ${i}`),
    );
    const waits = await Promise.all(takes);
    expect(waits.filter((wait) => wait === null)).toHaveLength(5);
    for (const wait of waits) if (wait !== null) expect(wait.waitMs).toBeGreaterThan(0);
  });

  test('200 takes at once of several budgets take no more than the smallest has', async () => {
    const [large, small] = [aBudget(150), aBudget(3)];
    const takes = Array.from({ length: 200 }, (_, i) =>
      inTurn(harness.quotaReplicas, i).take([large, small], `member ${i}`),
    );
    const waits = await Promise.all(takes);
    expect(waits.filter((wait) => wait === null)).toHaveLength(3);
    expect(await roomIn(large)).toBe(147);
  });

  test('budgets of another name, or of another subject, are others', async () => {
    const budget = aBudget();
    await fill(budget);
    expect(await roomIn({ ...budget, name: 'another' })).toBe(5);
    expect(await roomIn({ ...budget, subject: randomUUID() })).toBe(5);
  });

  test('a refused take leaves nothing taken anywhere', async () => {
    const [first, full, last] = [aBudget(), aBudget(), aBudget()];
    await fill(full);
    expect(await quotas.take([first, full, last], randomUUID())).not.toBeNull();
    expect(await roomIn(first)).toBe(5);
    expect(await roomIn(last)).toBe(5);
  });

  test('one that is only looked at refuses while it is full, and takes nothing', async () => {
    const own = ofUser(aBudget(1));
    for (const budget of [aBudget(1), own]) {
      const seen = { ...budget, readOnly: true };
      const other = budget === own ? ofUser(aBudget()) : aBudget();
      for (const member of ['a', 'b']) expect(await quotas.take([other, seen], member)).toBeNull();
      expect(await roomIn(budget)).toBe(1);
      const wait = await quotas.take([other, seen], 'c');
      expect(wait?.waitMs).toBeGreaterThan(minute - 5 * second);
      expect(await roomIn(other)).toBe(3);
      await quotas.clear([budget]);
      expect(await quotas.take([seen], 'd')).toBeNull();
    }
  });

  test('a member taken twice counts once', async () => {
    const budget = aBudget(2);
    expect(await quotas.take([budget], 'a')).toBeNull();
    expect(await quotas.take([budget], 'a')).toBeNull();
    expect(await roomIn(budget)).toBe(1);
    expect(await quotas.take([budget], 'a')).toBeNull();
  });

  test('a refusal names each budget that is full, and no other', async () => {
    const named = (name: string, budget = aBudget()) => ({ ...budget, name });
    const [free, full, held] = [named('free'), named('full'), named('held', aBudget(1))];
    const own = [named('own-free', ofUser(aBudget())), named('own-full', ofUser(aBudget()))];
    for (const budget of [full, own[1]]) if (budget) await fill(budget);
    await quotas.take([held], 'seen');
    const refused = await quotas.take(
      [free, full, { ...held, readOnly: true }, ...own],
      randomUUID(),
    );
    expect([...(refused?.names ?? [])].sort()).toEqual(['full', 'held', 'own-full']);
  });

  test('a member that has its place keeps it when taking it with others is refused', async () => {
    const [held, full] = [aBudget(1), aBudget()];
    await quotas.take([held], 'a');
    await fill(full);
    expect(await quotas.take([held, full], 'a')).not.toBeNull();
    expect(await roomIn(held)).toBe(0);
  });

  test('the wait is until there is room', async () => {
    const budget = aBudget(2);
    await quotas.take([budget], 'first');
    await harness.advance(20 * second);
    await quotas.take([budget], 'second');
    const wait = Number((await quotas.take([budget], 'third'))?.waitMs);
    expect(wait).toBeLessThanOrEqual(40 * second);
    expect(wait).toBeGreaterThan(35 * second);
    await harness.advance(wait - 5 * second);
    expect((await quotas.take([budget], 'third'))?.waitMs).toBeLessThanOrEqual(5 * second);
    await harness.advance(5 * second);
    expect(await quotas.take([budget], 'third')).toBeNull();
    expect((await quotas.take([budget], 'fourth'))?.waitMs).toBeGreaterThan(10 * second);
  });

  test('the wait is until the last of them has room', async () => {
    const free = aBudget();
    const full = [minute, 10 * minute, 5 * minute].map((windowMs) => aBudget(5, windowMs));
    for (const budget of full) await fill(budget);
    const wait = await quotas.take([free, ...full, aBudget()], randomUUID());
    expect(wait?.waitMs).toBeLessThanOrEqual(10 * minute);
    expect(wait?.waitMs).toBeGreaterThan(9 * minute);
  });

  test('the window slides: no two of its length, however they lie, hold more', async () => {
    const budget = aBudget(3);
    await quotas.take([budget], 'early');
    await harness.advance(50 * second);
    expect(await roomIn(budget)).toBe(2);
    await harness.advance(10 * second);
    expect(await roomIn(budget)).toBe(1);
    await harness.advance(50 * second);
    expect(await roomIn(budget)).toBe(2);
  });

  test('a refusal takes nothing, and so makes no wait longer', async () => {
    const budget = aBudget();
    await fill(budget);
    await harness.advance(30 * second);
    for (let i = 0; i < 50; i += 1) await quotas.take([budget], randomUUID());
    await harness.advance(30 * second);
    expect(await roomIn(budget)).toBe(5);
  });

  test('a limit that was lowered holds for what was taken before', async () => {
    const budget = aBudget();
    await quotas.take([budget], 'oldest');
    await harness.advance(20 * second);
    for (const member of ['newer', 'newest']) await quotas.take([budget], member);
    const lowered = { ...budget, windows: [{ limit: 1, windowMs: minute }] };
    expect((await quotas.take([lowered], randomUUID()))?.waitMs).toBeGreaterThan(50 * second);
    await harness.advance(minute);
    expect(await roomIn(lowered)).toBe(1);
  });

  test('each window of a budget holds', async () => {
    const both = { limit: 2, windowMs: 20 * second };
    const budget = { ...aBudget(), windows: [both, { limit: 3, windowMs: minute }] };
    expect(await roomIn(budget)).toBe(2);
    await harness.advance(20 * second);
    expect(await roomIn(budget)).toBe(1);
    const wait = Number((await quotas.take([budget], randomUUID()))?.waitMs);
    expect(wait).toBeGreaterThan(30 * second);
    await harness.advance(wait + second);
    expect(await roomIn(budget)).toBe(2);
  });

  test('200 takes at once of the budgets of a user give exactly what the smallest has', async () => {
    const [large, small] = [ofUser(aBudget(5)), ofUser(aBudget(3))];
    const takes = Array.from({ length: 200 }, (_, i) =>
      inTurn(harness.quotaReplicas, i).take([large, small], `member ${i}`),
    );
    const waits = await Promise.all(takes);
    expect(waits.filter((wait) => wait === null)).toHaveLength(3);
    expect(await roomIn(large)).toBe(2);
  });

  test('what was given back can be taken again', async () => {
    const [one, two] = [aBudget(), aBudget()];
    const [a = '', b = '', ...kept] = await fill(one);
    for (const member of [a, b, ...kept]) await quotas.take([two], member);
    await quotas.giveBack([one, two], [a, b, 'never taken']);
    expect(await roomIn(one)).toBe(2);
    expect(await roomIn(two)).toBe(2);
  });

  test('giving back nothing, or to nothing, is fine', async () => {
    await quotas.giveBack([aBudget()], []);
    await quotas.giveBack([], ['a']);
    await quotas.giveBack([aBudget()], ['a']);
  });
});

describe('what Redis holds of quotas', () => {
  const harness = useRedisStores();
  const windows = [{ limit: 3, windowMs: minute }];
  const budget: Budget = { name: 'organization', subject: 'acme\0{42}', windows };
  beforeEach(() => harness.redis.flushdb());

  test('every key contains its subject only as a digest, and lives as long as its window', async () => {
    const short = { ...budget, name: 'pending-number', windows: [{ limit: 3, windowMs: 9_000 }] };
    const since = performance.now();
    await harness.quotas.take([budget, short], 'a');
    await harness.quotas.giveBack([budget], ['b']);
    const keys = (await harness.redis.keys('*')).sort();
    expect(keys).toEqual([
      expect.stringMatching(/^dc:\{q:organization:[\w-]{22}\}$/),
      expect.stringMatching(/^dc:\{q:pending-number:[\w-]{22}\}$/),
    ]);
    const lives = await Promise.all(keys.map((key) => harness.redis.pttl(key)));
    // Clocks are read in whole milliseconds.
    const passedMs = performance.now() - since + 10;
    expect(lives[0]).toBeGreaterThan(minute - passedMs);
    expect(lives[0]).toBeLessThanOrEqual(minute);
    expect(lives[1]).toBeGreaterThan(9_000 - passedMs);
    expect(lives[1]).toBeLessThanOrEqual(9_000);
  });

  test('a budget that is full all day is no longer than its limit', async () => {
    for (let round = 0; round < 4; round += 1) {
      for (let i = 0; i < 20; i += 1) await harness.quotas.take([budget], randomUUID());
      const [key = ''] = await harness.redis.keys('*');
      expect(await harness.redis.zcard(key)).toBe(3);
      await harness.advance(40 * second);
    }
  });

  test('nothing is left once all was given back', async () => {
    await harness.quotas.take([budget], 'a');
    await harness.quotas.giveBack([budget], ['a']);
    expect(await harness.redis.keys('*')).toEqual([]);
  });

  test('a Redis that forgot its scripts goes on counting', async () => {
    for (const member of ['a', 'b', 'c']) {
      await harness.redis.script('FLUSH');
      expect(await harness.quotas.take([budget], member)).toBeNull();
    }
    await harness.redis.script('FLUSH');
    expect((await harness.quotas.take([budget], 'd'))?.waitMs).toBeGreaterThan(0);
  });

  test('when Redis fails between two budgets, the first is given back', async () => {
    const broken = { ...budget, name: 'broken' };
    await harness.quotas.take([broken], 'x');
    const [key = ''] = await harness.redis.keys('*broken*');
    await harness.redis.set(key, 'no sorted set', 'PX', minute);
    await expect(redisQuotas(harness.redis).take([budget, broken], 'a')).rejects.toThrow(
      'WRONGTYPE',
    );
    expect(await harness.redis.keys('*organization*')).toEqual([]);
  });

  test('those of a user are in the slot of their challenges, under a key that many users share', async () => {
    const users = Array.from({ length: 20 }, (_, i) => ({
      organizationId: 'acme',
      userId: `${i}`,
    }));
    for (const user of users) {
      await harness.redis.flushdb();
      await createIn(harness.store, aChallenge(user), minute);
      const taken = [
        { ...budget, user },
        { ...budget, user, name: 'another' },
      ];
      expect(await harness.quotas.take(taken, 'a')).toBeNull();
      const keys = await harness.redis.keys('*');
      expect(
        keys.filter((key) => /^dc:\{\d+\}:(organization|another):[\w-]{22}$/.test(key)),
      ).toHaveLength(2);
      expect(new Set(keys.map(keySlot)).size).toBe(1);
    }
  });
});
