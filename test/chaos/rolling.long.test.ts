/** A new version goes out one replica after another, while people sign in, and none of them notices. */
import { expect, test } from '@jest/globals';
import { restartUnderLoad } from './rolling.ts';

test('restarting every replica behind a balancer, twice over, fails no request', async () => {
  const outcome = await restartUnderLoad({ rounds: 2, clients: 4 });
  expect(outcome.failures).toEqual([]);
  expect(outcome.exits).toEqual([0, 0, 0, 0, 0, 0]);
  expect(outcome.logins).toBeGreaterThan(0);
});
