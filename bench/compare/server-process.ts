import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { freePort } from '../../test/support/server-process.ts';
import { codesFd } from '../delivery/deliver.ts';
import { onServerCore } from './processors.ts';

/** How to start a server. Its log goes to a file. */
export type Program = {
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Answers 200 once it serves. */
  readyPath: string;
  log: string;
};

/** A server in a process of its own, alone on its core. */
export type ServerProcess = {
  url: string;
  pid: number;
  /** From its start to its first good answer. */
  startMs: number;
  codes: Codes;
  clearLog(): void;
  /** Asks it to end, and waits for it. */
  stop(): Promise<void>;
};

const { PATH = '', HOME = '/tmp' } = process.env;

export async function startServer(program: Program): Promise<ServerProcess> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(program.log, 'a');
  const startedAt = performance.now();
  const child = spawn(...onServerCore(process.execPath, program.args), {
    cwd: program.cwd,
    env: { PATH, HOME, NODE_ENV: 'production', ...program.env, PORT: port },
    stdio: ['ignore', log, 'inherit', 'pipe'],
  });
  closeSync(log);
  const codes = readCodes(child.stdio[codesFd] as Readable);
  await untilReady(`${url}${program.readyPath}`, child, program.log);
  return {
    url,
    pid: child.pid ?? 0,
    startMs: performance.now() - startedAt,
    codes,
    clearLog: () => truncateSync(program.log),
    stop: () => end(child),
  };
}

const lookAgainMs = 5;

async function untilReady(url: string, child: ChildProcess, log: string): Promise<void> {
  const { origin, pathname: path } = new URL(url);
  while (child.exitCode === null) {
    const client = new Client(origin);
    const answer = await client.request({ path, method: 'GET' }).catch(() => null);
    await answer?.body.dump();
    void client.destroy();
    if (answer?.statusCode === 200) return;
    await delay(lookAgainMs);
  }
  throw new Error(
    `a server ended before it was ready:\n${readFileSync(log, 'utf8').slice(-2_000)}`,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([gone, delay(5_000, null, { ref: false })]);
  child.kill('SIGKILL');
  await gone;
}

/** The codes that a server delivers. Each can be had once. */
export type Codes = { for(address: string): Promise<string> };

function readCodes(pipe: Readable): Codes {
  const arrived = new Map<string, string>();
  const awaited = new Map<string, (code: string) => void>();
  createInterface({ input: pipe }).on('line', (line) => {
    const [address = '', code = ''] = line.split(' ');
    const take = awaited.get(address);
    awaited.delete(address);
    if (take) take(code);
    else arrived.set(address, code);
  });
  return {
    async for(address) {
      const code = arrived.get(address);
      arrived.delete(address);
      return code ?? new Promise((resolve) => awaited.set(address, resolve));
    },
  };
}
