/**
 * Restarts three replicas behind haproxy, one after another, while people sign in, and counts what
 * failed: `npm run rolling -- --rounds 20 --people 6`.
 */
import { parseArgs } from 'node:util';
import { restartUnderLoad } from '../test/chaos/rolling.ts';

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
const { exits, requests, logins, failures } = await restartUnderLoad({
  rounds,
  clients: Number(values.people),
  onRound: (count) => print(`round ${count} of ${rounds}, after ${elapsed()}`),
});
const unclean = exits.filter((code) => code !== 0).length;
print(`${exits.length} restarts, ${unclean} of them not with exit code 0, ${elapsed()}`);
print(`${requests} requests, ${logins} redeemed logins, ${failures.length} failed requests`);
for (const failure of failures) print(failure);
process.exitCode = failures.length + unclean > 0 ? 1 : 0;
