import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server of the tests' own. */
export type Server = {
  url: string;
  /** Where it keeps its files; gone once it is stopped. */
  folder: string;
  stop(): Promise<void>;
  /** Ends it as a crash does, during its work. */
  kill(): Promise<void>;
  /** Freezes every process of it: connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
};

export type Account = { uid: number; gid: number } | undefined;

type Command = {
  program: string;
  args: string[];
  folder: string;
  account?: Account;
  /** What it prints once it can be used. */
  ready: string;
  stopSignal: 'TERM' | 'QUIT';
};

/** PostgreSQL refuses to run as root. */
export function postgresAccount(): Account {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export function temporaryFolder(account?: Account): string {
  const folder = mkdtempSync(join(tmpdir(), 'doublecheck-test-'));
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** A port is taken some time after it was found free: until then nobody else may be given it. */
const givenPorts = new Set<number>();
const portsOfAWorker = 3_000;

/** Below the range that outgoing connections take theirs from, and each worker has its own. */
export async function freePort(): Promise<number> {
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 0) % 4;
  const first = 20_000 + worker * portsOfAWorker;
  const port = first + Math.floor(Math.random() * portsOfAWorker);
  if (givenPorts.has(port)) return freePort();
  givenPorts.add(port);
  return (await isFree(port)) ? port : freePort();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Starts a server process, and resolves once it can be used. */
export async function startProcess(command: Command): Promise<Omit<Server, 'url'>> {
  const child = spawn(command.program, command.args, {
    ...command.account,
    cwd: command.folder,
    detached: true,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const keeper = keep(child, command);
  await untilPrinted(child, command);
  forgetWhenIdle(child);
  const signal = (name: NodeJS.Signals) => signalAll(child.pid, name);
  return {
    folder: command.folder,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    stop: () => {
      signal('SIGCONT');
      return endOf(keeper);
    },
    kill: () => {
      signal('SIGKILL');
      return endOf(keeper);
    },
  };
}

const keeperScript = `read -r _
kill -CONT "$1"; kill -"$2" "$1"
for _ in $(seq 200); do kill -0 "$1" || break; sleep 0.05; done
kill -KILL "$1"
rm -rf -- "$3"`;

/** Ends the server on a signal, and when this process dies. */
function keep(server: ChildProcess, { stopSignal, folder }: Command): ChildProcess {
  const args = ['-c', keeperScript, 'sh', String(server.pid), stopSignal, folder];
  const keeper = spawn('sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  forgetWhenIdle(keeper);
  return keeper;
}

/** Has it do its work, once. */
async function endOf(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null) return;
  const gone = once(keeper, 'exit');
  keeper.ref();
  keeper.stdin?.end();
  await gone;
}

function untilPrinted(child: ChildProcess, { ready, program }: Command): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const listen = (chunk: Buffer) => {
      printed = (printed + chunk).slice(-4_000);
      if (printed.includes(ready)) resolve();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${program} did not start:\n${printed}`)));
  });
}

/** A server that a test forgot must not keep the test process alive. */
function forgetWhenIdle(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) (stream as Socket | null)?.unref?.();
}

function signalAll(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  for (const each of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(each, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return list.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
