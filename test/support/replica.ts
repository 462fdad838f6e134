import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './server-process.ts';

/** Where the code of this checkout is. */
export const root = join(import.meta.dirname, '../..');
const { PATH = '', HOME = '/tmp' } = process.env;

/** All that programs get of the environment of the tests. Like `npm start`, they keep what Node compiles. */
export const bareEnvironment = {
  PATH,
  HOME,
  LC_ALL: 'C.UTF-8',
  NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/doublecheck'),
};

/** The service as a process of its own, reached over real HTTP. */
export type Replica = {
  url: string;
  signal(name: NodeJS.Signals): void;
  /** Ends it at once, during its work. */
  kill(): Promise<void>;
  /** Its exit code; null when a signal ended it. */
  readonly exit: Promise<number | null>;
};

/**
 * Starts a replica, and resolves once it listens.
 *
 * @param env the settings; a port of its own is found when none is named.
 * @param hear is given every line it prints, the codes of the console channel among them.
 * @param folder where its code is.
 */
export async function startReplica(
  env: Record<string, string>,
  hear: (line: string) => void = () => {},
  folder = root,
): Promise<Replica> {
  const port = env['PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: folder,
    env: { ...bareEnvironment, LOG_LEVEL: 'error', ...env, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  await untilItListens(child, hear);
  return {
    url: `http://127.0.0.1:${port}`,
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    exit,
  };
}

/** Waits until a replica, or what stands before replicas, says that it is ready. */
export async function untilReady(url: string): Promise<void> {
  const isReady = async () => (await fetch(`${url}/health/ready`)).status === 200;
  while (!(await isReady().catch(() => false))) await delay(50);
}

function untilItListens(child: ChildProcess, hear: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stderr?.on('data', (chunk) => {
      printed += chunk;
    });
    child.once('exit', () => reject(new Error(`the replica ended:\n${printed}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      printed += `${line}\n`;
      if (line.startsWith('Doublecheck listens on')) resolve();
      hear(line);
    });
  });
}

/** The codes that replicas print, by what they tell of the number. */
export function codeListener() {
  const codes = new Map<string, string[]>();
  const waiting = new Set<() => void>();
  return {
    hear(line: string): void {
      const [, hint, code] = /^☎ {2}call to (\S+): your code is (\d+)$/.exec(line) ?? [];
      if (!hint || !code) return;
      codes.set(hint, [...(codes.get(hint) ?? []), code]);
      for (const look of [...waiting]) look();
    },
    count: (hint: string): number => codes.get(hint)?.length ?? 0,
    /** The first code printed after so many others. */
    after(hint: string, count: number): Promise<string> {
      return new Promise((resolve) => {
        const look = () => {
          const code = codes.get(hint)?.[count];
          if (!code) return;
          waiting.delete(look);
          resolve(code);
        };
        waiting.add(look);
        look();
      });
    },
  };
}
