/**
 * "Killing a replica at any moment loses none": what was answered is in the trail. A caller without an
 * answer asks again elsewhere, and nothing is done twice.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Load, startLoad } from '../support/audited-load.ts';
import { deploy } from '../support/deployment.ts';
import { killUnderLoad, tellable } from '../support/kills.ts';
import { freshDatabase, freshRedis } from '../support/servers.ts';

const kills = 6;

let load: Load;
let outcome: Awaited<ReturnType<typeof killUnderLoad>>;

beforeAll(async () => {
  const { env, apiKey } = await deploy(await freshDatabase(), await freshRedis());
  load = await startLoad(env, apiKey, 3);
  // Others each time.
  const moments = shuffled(tellable).slice(0, kills - 2);
  outcome = await killUnderLoad(load, { lanes: 6, moments: [...moments, null, null] });
}, 150_000);
afterAll(() => load.stop());

test('every answer that was received has its event, however often a replica is killed', () => {
  expect(outcome.wrong.unrecorded).toEqual([]);
  for (const type of tellable)
    expect(outcome.events.filter((event) => event.startsWith(type)).length).toBeGreaterThan(5);
  expect(outcome.lost).toBeGreaterThan(0);
});

test('no code and no result succeeds twice, although two use each at once and lost calls come again', () => {
  expect(outcome.wrong.twice).toEqual([]);
});

test('a lost call that is sent again has its answer within 21 seconds', () => {
  expect(outcome.wrong.unsettled).toEqual([]);
});

function shuffled<T>(items: T[]): T[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
