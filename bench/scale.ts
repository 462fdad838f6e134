/**
 * The same logins on 1, 2 and 4 replicas and on 1 and 3 Redis masters, and what each login costs:
 * `npm run bench:scale`, `-- --quick` for a short one, `-- --draw` to draw the chart anew.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, openBench } from './scale/bench.ts';
import { chart } from './scale/chart.ts';
import { figuresPerLogin } from './scale/figures.ts';
import { limitOf } from './scale/limit.ts';
import { whereItRan } from './scale/machine.ts';
import { probe } from './scale/probes.ts';
import { undisturbed } from './scale/quiet.ts';
import type { Report } from './scale/report.ts';
import { bytesPerRow } from './scale/rows.ts';
import { type Configuration, type Run, runOnce, type Terms, warmUp } from './scale/run.ts';
import { rounded } from './scale/statistics.ts';
import { summary } from './scale/table.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    draw: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    out: { type: 'string' },
  },
});
const { quick } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 3));
const terms: Terms = {
  lanes: 24,
  warmUpSeconds: quick ? 4 : 45,
  seconds: Number(values.seconds ?? (quick ? 2 : 6)),
};
const folder = values.out ?? (quick ? '.data' : 'docs');
const budget = 0.2;

const configurations: Configuration[] = [budget, null].flatMap((held) =>
  ([1, 3] as const).flatMap((masters) =>
    [1, 2, 4].map((replicas) => ({ replicas, masters, budget: held })),
  ),
);

const say = (line: string) => process.stdout.write(`${line}\n`);

function words(run: Run): string {
  const { what, share } = limitOf(run);
  return `${what} at ${share}`;
}

function sayRun(run: Run): void {
  const { replicas, masters, budget: held, perSecond, failures, latency } = run;
  const kind = held === null ? 'free' : `each ${held} core`;
  const what = `${replicas} replicas (${kind}), ${masters} masters`;
  const failed = Object.entries(failures).map(([words, count]) => `, ${count} × ${words}`);
  const speed = `${rounded(perSecond, 1)} logins/s, p50 ${latency.login.p50} ms`;
  say(`${what}: ${speed}${failed.join('')}; ${words(run)}`);
}

await using open = new AsyncDisposableStack();

async function measure(keep: (report: Report) => void): Promise<Report> {
  const bench = await openBench(quick ? 1_200 : 12_000, open);
  say('Everything is up.');
  await warmUp(bench, terms);
  const costs = { figures: await figuresPerLogin(bench, terms), probes: await probe(bench) };
  const where = await whereItRan(bench);
  const report: Report = {
    ...where,
    terms,
    rounds: 0,
    thrownAway: 0,
    runs: [],
    ...costs,
    rows: {},
  };
  // Round by round, so that a slow minute of the machine does not meet one configuration alone.
  while (report.rounds < rounds) {
    for (const configuration of configurations) await add(report, bench, configuration);
    report.rounds += 1;
    keep(report);
  }
  report.rows = await bytesPerRow(bench);
  return report;
}

async function add(report: Report, bench: Bench, configuration: Configuration): Promise<void> {
  const once = () => runOnce(bench, configuration, terms);
  const [run, thrownAway] = quick ? [await once(), 0] : await undisturbed(once);
  report.runs.push(run);
  report.thrownAway += thrownAway;
  sayRun(run);
}

async function stopEarly(): Promise<never> {
  await open.disposeAsync();
  process.exit(130);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopEarly);

const file = join(folder, 'scale.json');
mkdirSync(folder, { recursive: true });
const keep = (found: Report) => writeFileSync(file, `${JSON.stringify(found, null, 1)}\n`);
const report: Report = values.draw ? JSON.parse(readFileSync(file, 'utf8')) : await measure(keep);
if (!values.draw) keep(report);
writeFileSync(join(folder, 'scale.svg'), chart(report));
say(summary(report));
