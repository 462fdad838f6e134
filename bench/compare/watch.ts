import type { Server } from '../servers/server.ts';
import { cpuOf, cpuOfFamily, machineTime } from '../shared/cpu.ts';

/** Whose CPU times are read: the server that is loaded, and the PostgreSQL of all. */
export type Watched = { server: Server; postgresPid: number };

/** CPU times, in seconds. `others` is what else the machine did. */
export type CpuTimes = Record<'server' | 'postgres' | 'redis' | 'driver' | 'others', number>;

export type Reading = { at: number; cpu: CpuTimes };

export function readTimes({ server, postgresPid }: Watched): Reading {
  const cpu = {
    server: cpuOf(server.process.pid).own,
    postgres: cpuOfFamily(postgresPid),
    redis: cpuOf(server.redis.pid).own,
    driver: cpuOf(process.pid).own,
  };
  const { busy, stolen } = machineTime();
  const others = busy + stolen - cpu.server - cpu.postgres - cpu.redis - cpu.driver;
  return { at: performance.now(), cpu: { ...cpu, others } };
}

/** What was used since, in seconds of a core, and how many seconds it took. */
export function usedSince(watched: Watched, before: Reading): { cpu: CpuTimes; seconds: number } {
  const after = readTimes(watched);
  const names = Object.keys(after.cpu) as (keyof CpuTimes)[];
  const used = names.map((name) => [name, after.cpu[name] - before.cpu[name]] as const);
  return {
    cpu: Object.fromEntries(used) as CpuTimes,
    seconds: (after.at - before.at) / 1_000,
  };
}
