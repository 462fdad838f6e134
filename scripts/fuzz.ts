/**
 * Sends the service, on real stores, requests that are generated from its own description:
 * `npm run fuzz -- --cases 100000 --seed 1`.
 */
import { parseArgs } from 'node:util';
import { fuzz, type Outcome } from '../test/fuzz/run.ts';
import { openWorld } from '../test/fuzz/world.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const cases = Number(values.cases);
const seed = Number(values.seed);
const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<Outcome> {
  const world = await openWorld();
  let done = 0;
  const onCase = () => {
    done += 1;
    if (done % 5000 === 0) print(`${done} cases`);
  };
  try {
    return await fuzz(world, { cases, seed, onCase });
  } finally {
    await world.close();
  }
}

function table({ statuses }: Outcome): string[] {
  return [...statuses].map(([operation, counts]) => {
    const sorted = [...counts].sort(([a], [b]) => a - b);
    return `${operation.padEnd(20)}${sorted.map(([status, n]) => `${status}: ${n}`).join('  ')}`;
  });
}

print(`${cases} cases, --seed ${seed}`);
await globalSetup();
try {
  const outcome = await main();
  for (const line of table(outcome)) print(line);
  print(outcome.failure ?? 'every answer is as described');
  process.exitCode = outcome.failure ? 1 : 0;
} finally {
  await globalTeardown();
}
