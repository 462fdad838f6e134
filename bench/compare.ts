/**
 * What a login costs here, and what it costs elsewhere, in one run: `npm run bench`.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { queueOf } from './compare/load.ts';
import { openBench } from './compare/open.ts';
import { leaveServerCore } from './compare/processors.ts';
import { type LoginWindow, loginWindow, warmUp } from './compare/windows.ts';
import { rounded, spreadOf } from './shared/statistics.ts';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    quick: { type: 'boolean', default: false },
    against: { type: 'string' },
    peers: { type: 'boolean', default: true },
    fsync: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    'in-flight': { type: 'string' },
  },
});
const { quick } = values;
const rounds = Number(values.rounds ?? (quick ? 3 : 6));
const inFlights = (values['in-flight'] ?? (quick ? '1,32' : '1,16,32,64')).split(',').map(Number);
const seconds = 1.2;

leaveServerCore();
await using open = new AsyncDisposableStack();
const stopEarly = async () => {
  await open.disposeAsync();
  process.exit(130);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopEarly);

const against = values.against === undefined ? null : resolve(values.against);
const bench = await openBench(
  { people: 10_000, against, peers: values.peers, fsync: values.fsync },
  open,
);
const queue = queueOf(bench.people);
const watch = (server: (typeof bench.servers)[number]) => ({
  server,
  postgresPid: bench.postgres.pid,
});

process.stdout.write('warming up\n');
for (const server of bench.servers) await warmUp(watch(server), queue);

const found = new Map<string, LoginWindow[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const inFlight of inFlights) {
    for (const server of bench.servers) {
      const window = await loginWindow(watch(server), queue, { inFlight, seconds });
      const key = `${inFlight} ${server.name}`;
      found.set(key, [...(found.get(key) ?? []), window]);
      server.process.clearLog();
    }
  }
}
for (const [key, windows] of found) {
  const show = (of: (window: LoginWindow) => number) => {
    const { median, min, max } = spreadOf(windows.map(of));
    return `${rounded(median, 2)} (${rounded(min, 2)}-${rounded(max, 2)})`;
  };
  const steps = (['start', 'verify', 'redeem'] as const).map(
    (step) => `${step} ${show(({ latency }) => latency[step]?.p50 ?? 0)}`,
  );
  const parts = [
    `cpu ${show(({ cpu }) => cpu.server)}`,
    `pg ${show(({ cpu }) => cpu.postgres)}`,
    `redis ${show(({ cpu }) => cpu.redis)}`,
    `rate ${show(({ perSecond }) => perSecond)}`,
    `p50 ${show(({ latency }) => latency.login?.p50 ?? 0)}`,
    `p99 ${show(({ latency }) => latency.login?.p99 ?? 0)}`,
    ...(key.startsWith('1 ') ? steps : []),
    JSON.stringify(Object.assign({}, ...windows.map(({ failures }) => failures))),
  ];
  process.stdout.write(`${key.padEnd(18)} ${parts.join('  ')}\n`);
}
