/** Budgets of sending: no burst, at however many replicas, takes more than there is. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { redisQuotas } from '../../src/adapters/redis/quotas.ts';
import type { Budget } from '../../src/domain/ports.ts';
import { inTurn, storeHarnesses, useRedisStores, useStores } from '../support/stores.ts';

const second = 1_000;
const minute = 60 * second;

describe.each(storeHarnesses)('quotas kept in %s', (_name, open) => {
  const { harness, quotas } = useStores(open);

  /** One that no other test knows of. */
  const aBudget = (fields: Partial<Budget> = {}): Budget => ({
    name: 'test',
    subject: randomUUID(),
    limit: 5,
    windowMs: minute,
    ...fields,
  });

  const fill = async (budget: Budget): Promise<string[]> => {
    const members = Array.from({ length: budget.limit }, () => randomUUID());
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
    for (const wait of waits) if (wait !== null) expect(wait).toBeGreaterThan(0);
  });

  test('200 takes at once of several budgets take no more than the smallest has', async () => {
    const [large, small] = [aBudget({ limit: 150 }), aBudget({ limit: 3 })];
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

  test('a member taken twice counts once', async () => {
    const budget = aBudget({ limit: 2 });
    expect(await quotas.take([budget], 'a')).toBeNull();
    expect(await quotas.take([budget], 'a')).toBeNull();
    expect(await roomIn(budget)).toBe(1);
    expect(await quotas.take([budget], 'a')).toBeNull();
  });

  test('a member that has its place keeps it when taking it with others is refused', async () => {
    const [held, full] = [aBudget({ limit: 1 }), aBudget()];
    await quotas.take([held], 'a');
    await fill(full);
    expect(await quotas.take([held, full], 'a')).not.toBeNull();
    expect(await roomIn(held)).toBe(0);
  });

  test('the wait is until there is room', async () => {
    const budget = aBudget({ limit: 2 });
    await quotas.take([budget], 'first');
    await harness.advance(20 * second);
    await quotas.take([budget], 'second');
    const wait = Number(await quotas.take([budget], 'third'));
    expect(wait).toBeLessThanOrEqual(40 * second);
    expect(wait).toBeGreaterThan(35 * second);
    await harness.advance(wait - 5 * second);
    expect(await quotas.take([budget], 'third')).toBeLessThanOrEqual(5 * second);
    await harness.advance(5 * second);
    expect(await quotas.take([budget], 'third')).toBeNull();
    expect(await quotas.take([budget], 'fourth')).toBeGreaterThan(10 * second);
  });

  test('the wait is until the last of them has room', async () => {
    const free = aBudget();
    const full = [minute, 10 * minute, 5 * minute].map((windowMs) => aBudget({ windowMs }));
    for (const budget of full) await fill(budget);
    const wait = await quotas.take([free, ...full, aBudget()], randomUUID());
    expect(wait).toBeLessThanOrEqual(10 * minute);
    expect(wait).toBeGreaterThan(9 * minute);
  });

  test('the window slides: no two of its length, however they lie, hold more', async () => {
    const budget = aBudget({ limit: 3 });
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
    const lowered = { ...budget, limit: 1 };
    expect(await quotas.take([lowered], randomUUID())).toBeGreaterThan(50 * second);
    await harness.advance(minute);
    expect(await roomIn(lowered)).toBe(1);
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
  const budget: Budget = { name: 'user-hour', subject: 'acme\0{42}', limit: 3, windowMs: minute };
  beforeEach(() => harness.redis.flushdb());

  test('every key contains its subject only as a digest, and lives as long as its window', async () => {
    await harness.quotas.take([budget, { ...budget, name: 'user-day', windowMs: 9_000 }], 'a');
    await harness.quotas.giveBack([budget], ['b']);
    const keys = (await harness.redis.keys('*')).sort();
    expect(keys).toEqual([
      expect.stringMatching(/^dc:\{q:user-day:[\w-]{22}\}$/),
      expect.stringMatching(/^dc:\{q:user-hour:[\w-]{22}\}$/),
    ]);
    const lives = await Promise.all(keys.map((key) => harness.redis.pttl(key)));
    expect(lives[0]).toBeGreaterThan(8_000);
    expect(lives[0]).toBeLessThanOrEqual(9_000);
    expect(lives[1]).toBeGreaterThan(minute - 1_000);
    expect(lives[1]).toBeLessThanOrEqual(minute);
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
    expect(await harness.quotas.take([budget], 'd')).toBeGreaterThan(0);
  });

  test('when Redis fails between two budgets, the first is given back', async () => {
    const broken = { ...budget, name: 'broken' };
    await harness.quotas.take([broken], 'x');
    const [key = ''] = await harness.redis.keys('*broken*');
    await harness.redis.set(key, 'no sorted set', 'PX', minute);
    await expect(redisQuotas(harness.redis).take([budget, broken], 'a')).rejects.toThrow(
      'WRONGTYPE',
    );
    expect(await harness.redis.keys('*user-hour*')).toEqual([]);
  });
});
