/**
 * Restarts three replicas behind haproxy, one after another, while people sign in, and counts what
 * failed: `npm run rolling -- --rounds 20 --people 6`.
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
    people: { type: 'string', default: '6' },
  },
});
const rounds = Number(values.rounds);
const print = (line: string) => process.stdout.write(`${line}\n`);

const start = Date.now();
const elapsed = () => `${Math.round((Date.now() - start) / 1000)} s`;
await globalSetup();
try {
  const deployment = await deploy(await freshDatabase(), await freshRedis());
  const onRound = (count: number) => print(`round ${count} of ${rounds}, after ${elapsed()}`);
  const { exits, requests, logins, failures } = await restartUnderLoad(deployment, {
    rounds,
    lanes: Number(values.people),
    onRound,
  });
  const unclean = exits.filter((code) => code !== 0).length;
  print(`${exits.length} restarts, ${unclean} of them not with exit code 0, ${elapsed()}`);
  print(`${requests} requests, ${logins} whole logins, ${failures.length} failed requests`);
  for (const failure of failures) print(failure);
  process.exitCode = failures.length + unclean > 0 ? 1 : 0;
} finally {
  await globalTeardown();
}
