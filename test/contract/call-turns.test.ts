/** Turns to place a call: never more than the provider places, and fair between organizations. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Turn } from '../../src/domain/ports.ts';
import { inTurn, storeHarnesses, useStores } from '../support/stores.ts';

const second = 1_000;

/** Ten seconds between two turns: what a busy machine adds is small beside it. */
const perSecond = 0.1;
const interval = 10 * second;
const maxWaitMs = 30 * second;

const granted = { state: 'granted', inMs: 0 };

describe.each(storeHarnesses)('turns handed out by %s', (_name, open) => {
  const { harness } = useStores(open);
  /** There is one queue: what another test left in it is over after this. */
  beforeEach(() => harness.advance(120 * second));

  const request = (member: string, organizationId = 'acme') => {
    return { member, organizationId, perSecond, maxWaitMs, soonMs: 0 };
  };

  const aCall = (organizationId = 'acme') => {
    const member = randomUUID();
    return {
      ask: (replica = 0): Promise<Turn> =>
        inTurn(harness.turns, replica).ask(request(member, organizationId)),
      giveUp: () => inTurn(harness.turns, 1).giveUp({ member, perSecond }),
    };
  };

  /** Lets so many calls of an organization ask, one after the other. */
  async function asked(count: number, organizationId?: string) {
    const calls = Array.from({ length: count }, () => aCall(organizationId));
    for (const call of calls) await call.ask();
    return calls;
  }

  const isIn = (turn: Turn, fromMs: number, toMs: number) => {
    expect(turn.state).toBe('waiting');
    const { againMs } = turn as { againMs: number };
    expect(againMs).toBeGreaterThan(fromMs);
    expect(againMs).toBeLessThanOrEqual(toMs);
  };

  test('the first call has its turn at once, the next ones in their order', async () => {
    const [first, second_, third] = [aCall(), aCall(), aCall()];
    expect(await first.ask()).toEqual(granted);
    isIn(await second_.ask(1), 5 * second, interval);
    isIn(await third.ask(2), 15 * second, 2 * interval);
    await harness.advance(interval);
    expect(await second_.ask(2)).toEqual(granted);
    isIn(await third.ask(1), 5 * second, interval);
  });

  test('a call that asks again keeps its place, and its turn', async () => {
    const [first, next] = [aCall(), aCall()];
    for (let time = 0; time < 3; time += 1) expect((await first.ask()).state).toBe('granted');
    for (let time = 0; time < 3; time += 1) isIn(await next.ask(), 5 * second, interval);
    await harness.advance(interval);
    for (let time = 0; time < 3; time += 1) expect((await next.ask()).state).toBe('granted');
  });

  test('50 at once on three replicas: as many as fit in the wait have a place, one a turn', async () => {
    const calls = Array.from({ length: 50 }, () => aCall());
    const turns = await Promise.all(calls.map((call, i) => call.ask(i)));
    const count = (state: string) => turns.filter((turn) => turn.state === state).length;
    expect(count('granted')).toBe(1);
    expect(count('waiting')).toBe(3);
    expect(count('refused')).toBe(46);
    const waiting = calls.filter((_, i) => turns[i]?.state === 'waiting');
    for (let round = 1; round <= 3; round += 1) {
      await harness.advance(interval);
      const states = await Promise.all(waiting.map((call, i) => call.ask(i)));
      expect(states.filter(({ state }) => state === 'granted')).toHaveLength(round);
    }
  });

  test('one of another organization is next, however many of the first wait', async () => {
    const crowd = await asked(30, 'crowd');
    const other = aCall('other');
    await harness.advance(second);
    isIn(await other.ask(), 15 * second, 2 * interval);
    await harness.advance(interval);
    await crowd[1]?.ask();
    await harness.advance(interval);
    expect((await other.ask()).state).toBe('granted');
  });

  test('organizations take turns', async () => {
    await asked(1, 'early');
    const [a, b] = [aCall('a'), aCall('a')];
    const [c] = [aCall('c')];
    for (const call of [a, b, c]) await call.ask();
    const order: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      await harness.advance(interval);
      for (const [name, call] of Object.entries({ a, b, c })) {
        if (!order.includes(name) && (await call.ask()).state === 'granted') order.push(name);
      }
    }
    expect(order).toEqual(['a', 'c', 'b']);
  });

  test('one that was overtaken too far is refused, and has no place any more', async () => {
    const [, , , last] = await asked(4, 'crowd');
    for (const organization of ['x', 'y', 'z']) await aCall(organization).ask();
    expect((await last?.ask())?.state).toBe('refused');
  });

  test('a refused call gets the time of the next room, a different one for each', async () => {
    await asked(4);
    const told: number[] = [];
    for (let i = 0; i < 2; i += 1) {
      const turn = await aCall().ask();
      if (turn.state === 'refused') told.push(turn.retryAfterMs);
    }
    const [first = 0, next = 0] = told;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(interval);
    expect(next - first).toBeGreaterThan(interval - 5 * second);
    await harness.advance(first);
    expect((await aCall().ask()).state).toBe('waiting');
  });

  test('one that cannot wait has its turn now or leaves no trace', async () => {
    const now = (i: number) =>
      inTurn(harness.turns, i).ask({ ...request(randomUUID()), maxWaitMs: 0 });
    expect(await now(0)).toEqual(granted);
    for (let i = 0; i < 10; i += 1) expect((await now(i)).state).toBe('refused');
    const next = aCall();
    isIn(await next.ask(1), 5 * second, interval);
    await harness.advance(interval);
    expect((await next.ask()).state).toBe('granted');
    expect((await now(1)).state).toBe('refused');
    await harness.advance(interval);
    expect((await now(1)).state).toBe('granted');
  });

  test('while nobody waits, a turn that is soon is granted ahead, one after the other', async () => {
    const members = Array.from({ length: 4 }, () => randomUUID());
    const ask = (member: string, soonMs: number, i: number) =>
      inTurn(harness.turns, i).ask({ ...request(member, `o-${i}`), maxWaitMs: 0, soonMs });
    const inMs: number[] = [];
    for (const [i, member] of members.entries()) {
      const turn = await ask(member, 2 * interval, i);
      if (turn.state === 'granted') inMs.push(turn.inMs);
    }
    // The fourth would come later than it wants.
    expect(inMs).toHaveLength(3);
    for (const [i, ms] of inMs.entries()) {
      expect(ms).toBeLessThanOrEqual(i * interval);
      expect(ms).toBeGreaterThanOrEqual(Math.max(0, i * interval - 5 * second));
    }
    // The same call again keeps its turn, and one that was promised is nobody else's.
    expect((await ask(members[1] ?? '', 0, 1)).state).toBe('granted');
    const next = aCall();
    isIn(await next.ask(), 20 * second, 3 * interval);
    await harness.advance(interval);
    isIn(await next.ask(), 10 * second, 2 * interval);
  });

  test('nobody is granted a turn ahead of one who waits', async () => {
    await asked(1);
    const waits = aCall();
    isIn(await waits.ask(), 5 * second, interval);
    const late = { ...request(randomUUID()), soonMs: 10 * interval };
    expect((await inTurn(harness.turns, 0).ask({ ...late, maxWaitMs: 0 })).state).toBe('refused');
    await harness.advance(interval);
    expect((await waits.ask()).state).toBe('granted');
  });

  test('one that gives up frees its place', async () => {
    const [, next, last] = await asked(3);
    await next?.giveUp();
    isIn((await last?.ask()) as Turn, 5 * second, interval);
    await harness.advance(interval);
    expect((await last?.ask())?.state).toBe('granted');
  });

  test('one whose replica died delays the others for one wait at most', async () => {
    await asked(4);
    await harness.advance(maxWaitMs + 2 * second);
    expect((await aCall().ask()).state).toBe('granted');
  });

  test('a turn that was not used after all is the next one’s', async () => {
    const [first] = await asked(1);
    await first?.giveUp();
    expect((await aCall().ask()).state).toBe('granted');
  });
});
