/** A new version goes out one replica after another, while people sign in, and none of them notices. */
import { expect, test } from '@jest/globals';
import { deploy } from '../support/deployment.ts';
import { restartUnderLoad } from '../support/rolling.ts';
import { freshDatabase, freshRedis } from '../support/servers.ts';

test('restarting every replica behind a balancer, twice over, fails no request', async () => {
  const deployment = await deploy(await freshDatabase(), await freshRedis());
  const outcome = await restartUnderLoad(deployment, { rounds: 2, lanes: 4 });
  expect(outcome.failures).toEqual([]);
  expect(outcome.exits).toEqual([0, 0, 0, 0, 0, 0]);
  expect(outcome.logins).toBeGreaterThan(6);
}, 120_000);
