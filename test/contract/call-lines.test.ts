/** "A number gets one call at a time", over all replicas. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { inTurn, storeHarnesses, useStores } from '../support/stores.ts';

const second = 1_000;
const holdMs = 10 * second;
const lifeMs = 60 * second;
const times = { holdMs, lifeMs };

describe.each(storeHarnesses)('the lines of numbers kept in %s', (_name, open) => {
  const { harness } = useStores(open);
  const lines = (replica = 0) => inTurn(harness.lines, replica);
  const aCall = (number: string, owner = 'me', outranks: string | null = null) => ({
    number,
    owner,
    outranks,
    codeId: randomUUID(),
  });
  const aNumber = () => randomUUID();

  /** A call that is placed, and has its name. */
  async function placed(call: ReturnType<typeof aCall>, callId: string) {
    expect((await lines().join(call, times)).state).not.toBe('busy');
    expect(await lines(1).take(call, lifeMs)).not.toBeNull();
    expect(await lines(2).name(call, callId)).toBe(true);
    return call;
  }

  test('another owner waits until the call is over', async () => {
    const number = aNumber();
    const mine = await placed(aCall(number), 'CA1');
    const theirs = aCall(number, 'they');
    const { state, leftMs } = (await lines(1).join(theirs, times)) as {
      state: string;
      leftMs: number;
    };
    expect(state).toBe('busy');
    expect(leftMs).toBeGreaterThan(lifeMs - 30 * second);
    expect(leftMs).toBeLessThanOrEqual(lifeMs);
    expect(await lines(2).take(theirs, lifeMs)).toBeNull();
    await lines(1).leave(mine);
    expect(await lines(2).join(theirs, times)).toEqual({ state: 'taken' });
  });

  test('of fifty owners at once one has the line', async () => {
    const number = aNumber();
    const joined = await Promise.all(
      Array.from({ length: 50 }, (_, i) => lines(i).join(aCall(number, `owner ${i}`), times)),
    );
    expect(joined.filter(({ state }) => state === 'taken')).toHaveLength(1);
    expect(joined.filter(({ state }) => state === 'busy')).toHaveLength(49);
  });

  test('the same owner’s newer call gets the id of the older one, once', async () => {
    const number = aNumber();
    await placed(aCall(number), 'CA1');
    const newer = aCall(number);
    expect(await lines(1).join(newer, times)).toEqual({ state: 'joined' });
    expect(await lines(2).take(newer, lifeMs)).toEqual(['CA1']);
    expect(await lines().take(newer, lifeMs)).toEqual([]);
  });

  test('a call that joins a line without calls has it, as one that took it', async () => {
    const number = aNumber();
    const call = aCall(number);
    expect(await lines().join(call, times)).toEqual({ state: 'taken' });
    await harness.advance(holdMs + second);
    expect(await lines(1).join(aCall(number, 'they'), times)).toMatchObject({ state: 'busy' });
    expect(await lines(2).name(call, 'CA1')).toBe(true);
    expect(await lines(1).take(aCall(number), lifeMs)).toEqual(['CA1']);
  });

  test('one that joins beside a call keeps the line for a short time only', async () => {
    const number = aNumber();
    const older = await placed(aCall(number), 'CA1');
    await lines().join(aCall(number), times);
    await harness.advance(55 * second);
    await lines().leave(older);
    expect(await lines(1).join(aCall(number, 'they'), times)).toMatchObject({ state: 'busy' });
    await harness.advance(5 * second);
    expect(await lines(1).join(aCall(number, 'they'), times)).toEqual({ state: 'taken' });
  });

  test('a call that only waits ends none', async () => {
    const number = aNumber();
    const older = await placed(aCall(number), 'CA1');
    const newer = aCall(number);
    expect(await lines().join(newer, times)).toEqual({ state: 'joined' });
    await lines().leave(newer);
    expect(await lines().name(older, 'CA1')).toBe(true);
    expect(await lines().join(aCall(number, 'they'), times)).toMatchObject({ state: 'busy' });
  });

  test('a call whose name comes after a newer one took the line learns that it must end', async () => {
    const number = aNumber();
    const [older, newer] = [aCall(number), aCall(number)];
    for (const call of [older, newer]) expect(await lines().take(call, lifeMs)).toEqual([]);
    expect(await lines(1).name(older, 'CA1')).toBe(false);
    expect(await lines(1).name(newer, 'CA2')).toBe(true);
  });

  test('the end of the older call does not free the newer one’s line', async () => {
    const number = aNumber();
    const older = await placed(aCall(number), 'CA1');
    await placed(aCall(number), 'CA2');
    await lines().leave(older);
    expect(await lines().join(aCall(number, 'they'), times)).toMatchObject({ state: 'busy' });
  });

  test('a line without a report of its end is free after its time', async () => {
    const number = aNumber();
    const older = await placed(aCall(number), 'CA1');
    await harness.advance(lifeMs);
    expect(await lines().join(aCall(number, 'they'), times)).toEqual({ state: 'taken' });
    expect(await lines().name(older, 'CA1')).toBe(false);
  });

  test('an owner ends the calls of one that it outranks, and is not ended by them', async () => {
    const number = aNumber();
    const [placing, named] = [aCall(number, 'stranger'), aCall(number, 'stranger')];
    await placed(named, 'CA1');
    const owner = aCall(number, 'device', 'stranger');
    expect(await lines(1).join(owner, times)).toEqual({ state: 'joined' });
    expect(await lines(2).take(owner, lifeMs)).toEqual(['CA1']);
    expect(await lines().join(placing, times)).toMatchObject({ state: 'busy' });
    expect(await lines().take(placing, lifeMs)).toBeNull();
    expect(await lines().name(named, 'CA1')).toBe(false);
    expect(await lines().name(owner, 'CA2')).toBe(true);
    expect(await lines().join(aCall(number, 'other', 'stranger'), times)).toMatchObject({
      state: 'busy',
    });
  });

  test('numbers are apart', async () => {
    await placed(aCall(aNumber()), 'CA1');
    expect(await lines().join(aCall(aNumber(), 'they'), times)).toEqual({ state: 'taken' });
  });
});
