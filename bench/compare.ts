/**
 * What a login costs here, and what it costs elsewhere, side by side in one run: `npm run bench`.
 * `-- --quick` is a short run. `-- --draw` only draws the chart and the tables again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Redis } from 'ioredis';
import { Client } from 'pg';
import { buildProduction } from '../scripts/production/production-build.ts';
import { chart } from './compare/chart.ts';
import {
  type Measuring,
  measureDelivering,
  measureLogins,
  measureStarts,
  measuring,
  type Plan,
} from './compare/measure.ts';
import { nothingSeen, type Report, reportOf } from './compare/report.ts';
import { tables } from './compare/tables.ts';
import { startTwilio } from './delivery/twilio.ts';
import { baseline, checkoutOf } from './servers/baseline.ts';
import { openBench } from './servers/open.ts';
import { leaveServerCore } from './servers/processors.ts';
import { floorNames, peerNames, type ServerName, serverNames } from './servers/server.ts';
import type { Program } from './servers/server-process.ts';
import { rewrite } from './shared/document.ts';
import { describeMachine } from './shared/machine.ts';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    quick: { type: 'boolean', default: false },
    draw: { type: 'boolean', default: false },
    against: { type: 'string' },
    peers: { type: 'boolean', default: true },
    floors: { type: 'boolean', default: true },
    traced: { type: 'boolean', default: false },
    fsync: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    'in-flight': { type: 'string' },
    out: { type: 'string' },
  },
});
const { quick, fsync } = values;
const people = quick ? 3_000 : 10_000;
const plan: Plan = {
  inFlight: (values['in-flight'] ?? (quick ? '1,32' : '1,16,32,64')).split(',').map(Number),
  rounds: Number(values.rounds ?? (quick ? 2 : 6)),
  seconds: 1.2,
  warmUpLogins: quick ? 600 : 2_000,
  starts: quick ? 1 : 3,
};
const folder = values.out ?? (quick ? '.data' : 'docs');
const pictured = '![What a login costs](performance.svg)';
const explained =
  '[performance.json](performance.json) has all figures. Each is a median over the windows, with the smallest and the largest in brackets.';
const print = (line: string) => process.stdout.write(`${line}\n`);

await using open = new AsyncDisposableStack();

async function measure(): Promise<Report> {
  leaveServerCore();
  const named = values.against ?? (quick ? null : baseline);
  const folders = named === null ? {} : { before: await checkoutOf(named) };
  const take = serverNames.filter(takesPart(named !== null));
  const bench = await openBench({ people, take, folders, fsync }, open);
  print(`${bench.servers.map(({ name }) => name).join(', ')}: all are up`);
  const running = measuring(bench, plan, print);
  await measureLogins(running);
  for (const server of bench.servers) await server.stop();
  const image = quick ? null : openImage(running);
  if (!quick) await measureDeliveries(running, image);
  await measureStarts(running, image);
  const servers = bench.servers.map(({ name }) =>
    reportOf(name, running.seen.get(name) ?? nothingSeen()),
  );
  const method = { ...plan, people, fsync };
  return { machine: await machineOf(running), method, servers };
}

function takesPart(before: boolean): (name: ServerName) => boolean {
  const left = [
    ...(before ? [] : ['before']),
    ...(values.traced ? [] : ['traced']),
    ...(values.peers ? [] : peerNames),
    ...(values.floors ? [] : floorNames),
  ];
  return (name) => !left.includes(name);
}

async function measureDeliveries(running: Measuring, image: Program | null): Promise<void> {
  const twilio = await startTwilio();
  open.defer(twilio.stop);
  await measureDelivering(running, twilio, image);
}

/** The files of the image, with the settings of the service here. */
function openImage({ bench }: Measuring): Program {
  const build = buildProduction();
  open.defer(build.remove);
  const { env, log } = bench.servers[0]?.shipped ?? { env: {}, log: '' };
  return { ...build.service, env: { ...build.service.env, ...env }, log };
}

async function machineOf({ bench }: Measuring): Promise<Report['machine']> {
  const client = new Client({ connectionString: bench.postgres.url });
  await client.connect();
  const machine = await describeMachine(bench.servers[0]?.redis.client as Redis, client);
  await client.end();
  return machine;
}

async function stopEarly(): Promise<never> {
  await open.disposeAsync();
  process.exit(130);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopEarly);

const file = join(folder, 'performance.json');
mkdirSync(folder, { recursive: true });
const report: Report = values.draw ? JSON.parse(readFileSync(file, 'utf8')) : await measure();
writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
writeFileSync(join(folder, 'performance.svg'), chart(report));
if (folder === 'docs')
  rewrite('docs/performance.md', 'bench', [pictured, tables(report), explained].join('\n\n'));
print(tables(report));
