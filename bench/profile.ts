/**
 * Where the CPU of a login goes: `npm run bench:profile -- --name after`. It writes a flame graph and tables, beside
 * the dressed floor. `--checkout` names another folder or commit.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { warmUp } from './compare/windows.ts';
import { timeByArea } from './profile/areas.ts';
import { flameGraph } from './profile/flame-graph.ts';
import { type Frame, framesOf, shares } from './profile/frames.ts';
import { checkoutOf } from './servers/baseline.ts';
import { root } from './servers/doublecheck.ts';
import { type Bench, openBench, start } from './servers/open.ts';
import { leaveServerCore } from './servers/processors.ts';
import type { Server } from './servers/server.ts';
import { rewrite, table } from './shared/document.ts';
import { logIn, queueOf, startWork } from './shared/load.ts';
import { sum } from './shared/statistics.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'after' },
    checkout: { type: 'string', default: root },
    seconds: { type: 'string', default: '10' },
    out: { type: 'string', default: 'docs' },
  },
});
const { name, out } = values;
const inFlight = 32;

await using open = new AsyncDisposableStack();

type Profiled = { profile: Profiler.Profile; logins: number };

async function profileAll(): Promise<Profiled[]> {
  leaveServerCore();
  const folders = { Doublecheck: await checkoutOf(values.checkout) };
  const take = ['Doublecheck', 'dressed floor'] as const;
  const bench = await openBench({ people: 10_000, take, folders }, open);
  for (const prepared of bench.servers) await prepared.stop();
  const profiled: Profiled[] = [];
  for (const prepared of bench.servers) profiled.push(await profile(bench, prepared));
  return profiled;
}

async function profile({ people, postgres }: Bench, prepared: Server): Promise<Profiled> {
  const file = join(root, '.data', `${name}.cpuprofile`);
  mkdirSync(join(root, '.data'), { recursive: true });
  rmSync(file, { force: true });
  const server = await start(withProfiler(prepared, file));
  open.defer(server.stop);
  const queue = queueOf(people);
  await warmUp({ server, postgresPid: postgres.pid }, queue, 3_000);
  const load = startWork(() => logIn(server, queue.next()), inFlight);
  process.kill(server.process.pid, 'SIGUSR2');
  await delay(Number(values.seconds) * 1_000);
  process.kill(server.process.pid, 'SIGUSR2');
  const logins = load.count();
  while (!existsSync(file)) await delay(100);
  await load.stop();
  await server.stop();
  return { profile: JSON.parse(readFileSync(file, 'utf8')), logins };
}

function withProfiler(server: Server, file: string): Server {
  const preload = new URL('profile/preload.ts', import.meta.url).href;
  const { args, env, ...program } = server.program;
  return {
    ...server,
    program: {
      ...program,
      args: ['--import', preload, ...args],
      env: { ...env, PROFILE_FILE: file },
    },
  };
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function tablesOf(frames: Frame): string {
  const own = new Map(shares(frames, ({ owner }) => owner));
  const owners = shares(frames, (_frame, caller) => caller)
    .slice(0, 14)
    .map(([owner, share]) => [owner, percent(own.get(owner) ?? 0), percent(share)]);
  const functions = shares(frames, (frame) => `${frame.name} (${frame.owner})`)
    .slice(0, 20)
    .map(([words, share]) => [words, percent(share)]);
  const byOwner = table(
    ['whose code', 'its own functions', 'with those of Node that it calls'],
    owners,
  );
  return [byOwner, table(['function', 'CPU'], functions)].join('\n\n');
}

function areaTable(servers: readonly Profiled[]): string {
  const [service, floor] = servers.map(({ profile, logins }) => timeByArea(profile, logins));
  const ms = (time = 0) => (time === 0 ? '–' : time.toFixed(2));
  const rows = [...(service ?? [])]
    .sort(([, a], [, b]) => b - a)
    .map(([area, time]) => [area, ms(time), ms(floor?.get(area))]);
  const all = [service, floor].map((times) => ms(sum([...(times?.values() ?? [])])));
  return table(
    ['ms of the main thread for a login', 'service', 'dressed floor'],
    [...rows, ['all', ...all]],
  );
}

const profiled = await profileAll();
const [service] = profiled;
if (!service) throw new Error('nothing was profiled');
const frames = framesOf(service.profile);
const title = `Where the CPU of logins goes, ${inFlight} in flight: ${name}`;
const file = `profile-${name}.svg`;
writeFileSync(join(out, file), flameGraph(title, frames));
const words = [areaTable(profiled), tablesOf(frames)].join('\n\n');
if (out === 'docs')
  rewrite('docs/performance.md', `profile ${name}`, `![${title}](${file})\n\n${words}`);
process.stdout.write(`${words}\n`);
