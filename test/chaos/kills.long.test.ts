/**
 * "Killing a replica at any moment loses none": what was answered is in the trail. A caller without an
 * answer asks again elsewhere, and nothing is done twice.
 */
import { beforeAll, expect, test } from '@jest/globals';
import { once } from './checks/once.ts';
import { eventsAnsweredBy, recorded } from './checks/recorded.ts';
import type { Call, History } from './history.ts';
import { countLost, killAt, observableEvents, unsettled } from './kills.ts';
import { chances } from './random.ts';
import { type Nemesis, runRound } from './round.ts';

const kills = 6;

let history: History;
beforeAll(async () => {
  // Others each time.
  const seed = Math.floor(Math.random() * 1_000_000);
  const moments = shuffled(observableEvents, seed).slice(0, kills - 2);
  const nemesis: Nemesis = async (scene) => {
    const faults = await killAt([...moments, null, null])(scene);
    // Whether a request is under way at the moment of a kill is a matter of luck.
    while (countLost(scene.desk) === 0) faults.push(...(await killAt([null])(scene)));
    await scene.desk.next(() => hasToldAll(scene.desk.calls));
    return faults;
  };
  history = await runRound({ redis: 'standalone', seed, nemesis, users: 100, insists: true });
});

test('every answer that was received has its event, however often a replica is killed', () => {
  expect(recorded(history)).toEqual([]);
  expect(hasToldAll(history.calls)).toBe(true);
  expect(countLost(history)).toBeGreaterThan(0);
});

test('no code and no result succeeds twice, although two use each at once and lost calls come again', () => {
  expect(once(history)).toEqual([]);
});

test('a lost call that is sent again has its answer within 21 seconds', () => {
  expect(unsettled(history)).toEqual([]);
});

/** Whether each kind of event was answered more than five times. */
function hasToldAll(calls: Call[]): boolean {
  const observed = calls.flatMap(eventsAnsweredBy);
  return observableEvents.every(
    (type) => observed.filter((event) => event.startsWith(`${type} `)).length > 5,
  );
}

function shuffled<T>(items: T[], seed: number): T[] {
  const { below } = chances(seed);
  const keyed = items.map((item) => ({ item, key: below(1_000_000) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
