/**
 * Kills replicas at random moments while people sign in, and checks every answer:
 * `npm run kills -- --kills 200 --people 12`.
 */
import { parseArgs } from 'node:util';
import { oneOf } from '../test/chaos/fleet.ts';
import { type Moment, startLoad } from '../test/support/audited-load.ts';
import { deploy } from '../test/support/deployment.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { killUnderLoad, tellable } from '../test/support/kills.ts';
import { freshDatabase, freshRedis } from '../test/support/servers.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    people: { type: 'string', default: '12' },
  },
});
const kills = Number(values.kills);
const print = (line: string) => process.stdout.write(`${line}\n`);

/** Half of the kills come at any moment, half directly after an answer. */
const moments = Array.from(
  { length: kills },
  (_, index): Moment => (index % 2 ? oneOf(tellable) : null),
);

async function main() {
  const { env, apiKey } = await deploy(await freshDatabase(), await freshRedis());
  const load = await startLoad(env, apiKey, 3);
  const onKill = (count: number) => {
    if (count % 20 === 0) print(`${count} kills, ${load.history.length} calls`);
  };
  try {
    return await killUnderLoad(load, { lanes: Number(values.people), moments, onKill });
  } finally {
    await load.stop();
  }
}

const start = Date.now();
await globalSetup();
try {
  const { calls, lost, events, wrong } = await main();
  const seconds = Math.round((Date.now() - start) / 1000);
  print(`${kills} kills, ${calls} calls, ${lost} lost and sent again, ${seconds} s`);
  print(`${events.length} events answered, ${wrong.unrecorded.length} of them not in the trail`);
  print(`${wrong.twice.length} double successes, ${wrong.unsettled.length} calls never settled`);
  const faults = Object.values(wrong).flat();
  for (const fault of faults) print(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await globalTeardown();
}
