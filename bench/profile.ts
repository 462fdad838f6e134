/**
 * Where the CPU of a login goes: `npm run bench:profile -- --name after`. It writes a flame graph and a table.
 * `--checkout` names another folder or commit.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { warmUp } from './compare/windows.ts';
import { flameGraph } from './profile/flame-graph.ts';
import { type Frame, framesOf, shares } from './profile/frames.ts';
import { checkoutOf } from './servers/baseline.ts';
import { root } from './servers/doublecheck.ts';
import { openBench, start } from './servers/open.ts';
import { leaveServerCore } from './servers/processors.ts';
import type { Server } from './servers/server.ts';
import { rewrite, table } from './shared/document.ts';
import { logIn, queueOf, startWork } from './shared/load.ts';

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

/** @returns the file of the profile. */
async function profile(): Promise<string> {
  leaveServerCore();
  const folders = { Doublecheck: await checkoutOf(values.checkout) };
  const bench = await openBench({ people: 10_000, take: ['Doublecheck'], folders }, open);
  const [prepared] = bench.servers;
  if (!prepared) throw new Error('nothing was started');
  await prepared.stop();
  const file = join(root, '.data', `${name}.cpuprofile`);
  mkdirSync(join(root, '.data'), { recursive: true });
  rmSync(file, { force: true });
  const server = await start(withProfiler(prepared, file));
  open.defer(server.stop);
  const queue = queueOf(bench.people);
  await warmUp({ server, postgresPid: bench.postgres.pid }, queue, 3_000);
  const load = startWork(() => logIn(server, queue.next()), inFlight);
  process.kill(server.process.pid, 'SIGUSR2');
  await delay(Number(values.seconds) * 1_000);
  process.kill(server.process.pid, 'SIGUSR2');
  while (!existsSync(file)) await delay(100);
  await load.stop();
  return file;
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

const frames = framesOf(JSON.parse(readFileSync(await profile(), 'utf8')));
const title = `Where the CPU of logins goes, ${inFlight} in flight: ${name}`;
const file = `profile-${name}.svg`;
writeFileSync(join(out, file), flameGraph(title, frames));
if (out === 'docs')
  rewrite('docs/performance.md', `profile ${name}`, `![${title}](${file})\n\n${tablesOf(frames)}`);
process.stdout.write(`${tablesOf(frames)}\n`);
