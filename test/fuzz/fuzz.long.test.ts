/** Whatever is sent: an answer as described, nothing broken, and nothing charged for nonsense. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { operations } from '../support/description.ts';
import { fuzz } from './run.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('2,000 requests made from our own description are answered by it', async () => {
  const { failure, statuses } = await fuzz(world, { cases: 2000, seed: 20_261_122 });
  expect(failure).toBeNull();
  // Not for want of reaching anything: each operation did what it is for, and also refused.
  for (const { id } of operations()) {
    const seen = [...(statuses.get(id)?.keys() ?? [])].map((status) => Math.floor(status / 100));
    // What Twilio has to sign cannot be made up.
    const ends = ['reportCall', 'pressKey'].includes(id) ? [4] : [2, 4];
    expect([id, new Set(seen)]).toEqual([id, new Set(ends)]);
  }
}, 120_000);
