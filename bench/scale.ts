/**
 * Measures the same logins on 1, 2 and 4 replicas with 1 and 3 Redis masters, and what each login
 * costs: `npm run bench:scale`. `-- --quick` is a short run. `-- --draw` only draws the chart again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Redis } from 'ioredis';
import { type Bench, openBench } from './scale/bench.ts';
import { chart } from './scale/chart.ts';
import { measureCosts } from './scale/costs.ts';
import { limitOf } from './scale/limit.ts';
import { probe } from './scale/probes.ts';
import { measureUndisturbed } from './scale/quiet-machine.ts';
import type { Report } from './scale/report.ts';
import { bytesPerRow } from './scale/row-sizes.ts';
import { type Configuration, type LoadOptions, type Run, runOnce, warmUp } from './scale/run.ts';
import { summary } from './scale/summary.ts';
import { describeMachine } from './shared/machine.ts';
import { rounded } from './shared/statistics.ts';

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
const loadOptions: LoadOptions = {
  concurrency: 24,
  warmUpSeconds: quick ? 4 : 45,
  seconds: Number(values.seconds ?? (quick ? 2 : 6)),
};
const folder = values.out ?? (quick ? '.data' : 'docs');
const cpuQuota = 0.2; // of a core, for each replica

const configurations: Configuration[] = [cpuQuota, null].flatMap((quota) =>
  ([1, 3] as const).flatMap((masters) =>
    [1, 2, 4].map((replicas) => ({ replicas, masters, cpuQuota: quota })),
  ),
);

const print = (line: string) => process.stdout.write(`${line}\n`);

function printRun(run: Run): void {
  const { replicas, masters, cpuQuota: quota, perSecond, failures, latency } = run;
  const limit = limitOf(run);
  const kind = quota === null ? 'no limit' : `each ${quota} core`;
  const what = `${replicas} replicas (${kind}), ${masters} masters`;
  const failed = Object.entries(failures).map(([words, count]) => `, ${count} × ${words}`);
  const speed = `${rounded(perSecond, 1)} logins/s, p50 ${latency.login.p50} ms`;
  print(`${what}: ${speed}${failed.join('')}; ${limit.what} at ${limit.share}`);
}

await using open = new AsyncDisposableStack();

async function measure(save: (report: Report) => void): Promise<Report> {
  const bench = await openBench(quick ? 1_200 : 12_000, open);
  print('Everything is up.');
  await warmUp(bench, loadOptions);
  const costs = await measureCosts(bench, loadOptions);
  const probes = await probe(bench);
  const machine = await describeMachine(bench.deployments[0]?.servers[0] as Redis, bench.admin);
  const report: Report = {
    at: new Date().toISOString(),
    ...machine,
    loadOptions,
    rounds: 0,
    repeated: 0,
    runs: [],
    costs,
    probes,
    rows: {},
  };
  // Round by round, so that a slow minute of the machine does not affect one configuration only.
  while (report.rounds < rounds) {
    for (const configuration of configurations) await add(report, bench, configuration);
    report.rounds += 1;
    save(report);
  }
  report.rows = await bytesPerRow(bench);
  return report;
}

async function add(report: Report, bench: Bench, configuration: Configuration): Promise<void> {
  const once = () => runOnce(bench, configuration, loadOptions);
  const [run, repeated] = quick ? [await once(), 0] : await measureUndisturbed(once);
  report.runs.push(run);
  report.repeated += repeated;
  printRun(run);
}

async function stopEarly(): Promise<never> {
  await open.disposeAsync();
  process.exit(130);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopEarly);

const file = join(folder, 'scale.json');
mkdirSync(folder, { recursive: true });
const save = (report: Report) => writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
const report: Report = values.draw ? JSON.parse(readFileSync(file, 'utf8')) : await measure(save);
if (!values.draw) save(report);
writeFileSync(join(folder, 'scale.svg'), chart(report));
print(summary(report));
