/** Whatever is sent: an answer as described, nothing broken, and nothing charged for nonsense. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Operation, operations } from '../support/description.ts';
import { fuzz } from './run.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('requests made from our own description are answered by it', async () => {
  const described = operations();
  const cases = 60 * described.length;
  const { failure, statuses } = await fuzz(world, { cases, seed: 20_261_127 });
  expect(failure).toBeNull();
  // Not for want of reaching anything: each operation did what it is for, and also refused.
  for (const operation of described) {
    const seen = [...(statuses.get(operation.id)?.keys() ?? [])].map((one) =>
      Math.floor(one / 100),
    );
    expect([operation.id, seen]).toEqual([operation.id, expect.arrayContaining(ends(operation))]);
  }
});

function ends({ id, door, parameters, body }: Operation): number[] {
  // What Twilio has to sign cannot be made up.
  if (['reportCall', 'pressKey'].includes(id)) return [4];
  const refuses = door !== null || parameters.length > 0 || body !== null;
  return refuses ? [2, 4] : [2];
}
