/**
 * Restarts three replicas behind haproxy, one after another, while people sign in, and counts what
 * failed: `npm run rolling -- --rounds 20 --lanes 6`.
 */
import { parseArgs } from 'node:util';
import { deploy } from '../test/support/deployment.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { restartUnderLoad } from '../test/support/rolling.ts';
import { freshDatabase, freshRedis } from '../test/support/servers.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    lanes: { type: 'string', default: '6' },
  },
});
const rounds = Number(values.rounds);
const say = (line: string) => process.stdout.write(`${line}\n`);

const began = Date.now();
const elapsed = () => `${Math.round((Date.now() - began) / 1000)} s`;
await globalSetup();
try {
  const deployment = await deploy(await freshDatabase(), await freshRedis());
  const onRound = (count: number) => say(`round ${count} of ${rounds}, after ${elapsed()}`);
  const lanes = Number(values.lanes);
  const { exits, requests, logins, failures } = await restartUnderLoad(deployment, {
    rounds,
    lanes,
    onRound,
  });
  const unclean = exits.filter((code) => code !== 0).length;
  say(`${exits.length} restarts, ${unclean} of them not with exit code 0, ${elapsed()}`);
  say(`${requests} requests, ${logins} whole logins, ${failures.length} failed requests`);
  for (const failure of failures) say(failure);
  process.exitCode = failures.length + unclean > 0 ? 1 : 0;
} finally {
  await globalTeardown();
}
