import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The core of the server that is measured. All else shares the others. */
export const serverCore = availableParallelism() - 1;

/** Keeps this process, and what it starts from now on, off the core of the server. */
export function leaveServerCore(): void {
  if (serverCore === 0) return;
  const others = serverCore === 1 ? '0' : `0-${serverCore - 1}`;
  execFileSync('taskset', ['-acp', others, String(process.pid)], { stdio: 'ignore' });
}

/** A command on the core of the server. */
export function onServerCore(program: string, args: string[]): [string, string[]] {
  return ['taskset', ['-c', String(serverCore), program, ...args]];
}
