import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../test/support/server-process.ts';
import { type CpuQuota, createCpuQuota } from './cpu-quota.ts';

const root = join(import.meta.dirname, '../..');
const { PATH = '', HOME = '/tmp' } = process.env;

/** The service in its own process, with production settings. */
export type Replica = { url: string; pid: number; cpuQuota: CpuQuota; stop(): Promise<void> };

export async function startReplica(env: Record<string, string>): Promise<Replica> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: root,
    env: { PATH, HOME, NODE_ENV: 'production', ...env, PORT: port },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await untilReady(url, child);
  const pid = child.pid ?? 0;
  const cpuQuota = createCpuQuota(pid);
  const stop = async () => {
    await kill(child);
    cpuQuota.remove();
  };
  return { url, pid, cpuQuota, stop };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error('a replica ended before it was ready');
}

/** Ends it at once. Nothing needs what it could still finish. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
