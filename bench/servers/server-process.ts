import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { freePort } from '../../test/support/server-process.ts';
import { type Codes, openCodes } from '../delivery/codes.ts';
import { codesFd } from '../delivery/deliver.ts';
import { onServerCore } from './processors.ts';

/** How to start a server. It answers 200 to `/health/ready` once it serves. */
export type Program = {
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** The file of its log, which every server writes as in production. */
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
    stdio: ['ignore', log, log, 'pipe'],
  });
  closeSync(log);
  const codes = openCodes();
  createInterface({ input: child.stdio[codesFd] as Readable }).on('line', (line) => {
    const [address = '', code = ''] = line.split(' ');
    codes.arrived(address, code);
  });
  await untilReady(url, child, program.log);
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
  while (child.exitCode === null) {
    if (await isReady(url)) return;
    await delay(lookAgainMs);
  }
  const printed = readFileSync(log, 'utf8').slice(-2_000);
  throw new Error(`a server ended before it was ready:\n${printed}`);
}

async function isReady(url: string): Promise<boolean> {
  const client = new Client(url);
  try {
    const answer = await client.request({ path: '/health/ready', method: 'GET' });
    await answer.body.dump();
    return answer.statusCode === 200;
  } catch {
    return false;
  } finally {
    await client.destroy();
  }
}

const maxEndMs = 5_000;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), maxEndMs);
  await gone;
  clearTimeout(late);
}
