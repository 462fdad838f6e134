/**
 * Upgrades three replicas from the last release to this version, and back, while people sign in:
 * `npm run upgrade -- --from COMMIT --people 6 --logins 30`.
 */
import { parseArgs } from 'node:util';
import { versionOf } from '../test/upgrade/release.ts';
import { phases, rollOut } from '../test/upgrade/roll-out.ts';

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    people: { type: 'string', default: '6' },
    logins: { type: 'string', default: '30' },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);
const start = Date.now();
const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;

const release = versionOf(values.from);
print(`from ${release.name} to this version, and back`);
try {
  const { crowd, exits, failures, readiness, requests, repeated } = await rollOut({
    before: release.folder,
    people: Number(values.people),
    logins: Number(values.logins),
    onPhase: (phase) => print(`${seconds()}: ${phase}`),
  });
  print(`${readiness?.pending.length} migrations; ${exits.length} restarts, exit codes ${exits}`);
  for (const phase of phases) print(`${crowd.loginsIn(phase)} logins: ${phase}`);
  print(`${requests} requests, ${repeated} of them repeated; ${failures.length} failed logins`);
  for (const failure of failures) print(failure);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  release.remove();
}
