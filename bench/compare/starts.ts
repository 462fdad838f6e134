import { setTimeout as delay } from 'node:timers/promises';
import { type Program, startServer } from '../servers/server-process.ts';
import { residentMiB } from '../shared/memory.ts';

/** From the start of the process to the first good answer, and its memory some time later. */
export type Start = { ms: number; residentMiB: number };

/** By then what a server loads in the background is loaded. */
const idleMs = 1_500;

export async function measureStart(program: Program): Promise<Start> {
  const server = await startServer(program);
  try {
    await delay(idleMs);
    return { ms: server.startMs, residentMiB: residentMiB(server.pid) };
  } finally {
    await server.stop();
  }
}
