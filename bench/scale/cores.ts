import { cpuOf, cpuOfFamily, machineTime } from '../shared/cpu.ts';
import { rounded, sum } from '../shared/statistics.ts';
import type { Bench, Deployment } from './bench.ts';
import type { Replica } from './replicas.ts';

/** Average cores in use, by process. 1 is one core all the time. */
export type Cores = {
  replicas: number[];
  redis: number[];
  postgres: number;
  twilio: number;
  generator: number;
  /** Of the whole machine: all of the above and every other process. */
  busy: number;
  idle: number;
  stolen: number;
};

/** CPU time that each has used so far, in seconds of a core. */
export function readCores(
  bench: Bench,
  deployment: Deployment,
  replicas: readonly Replica[],
): Cores {
  const own = (pid: number) => cpuOf(pid).own;
  return {
    replicas: replicas.map(({ pid }) => own(pid)),
    redis: deployment.pids.map(own),
    postgres: cpuOfFamily(bench.postgres.pid),
    twilio: own(bench.twilio.pid),
    generator: own(process.pid),
    ...machineTime(),
  };
}

export function coresBetween(before: Cores, after: Cores, seconds: number): Cores {
  const per = (from: number, to: number) => rounded((to - from) / seconds, 3);
  const each = (from: number[], to: number[]) => to.map((value, i) => per(from[i] ?? 0, value));
  return {
    replicas: each(before.replicas, after.replicas),
    redis: each(before.redis, after.redis),
    postgres: per(before.postgres, after.postgres),
    twilio: per(before.twilio, after.twilio),
    generator: per(before.generator, after.generator),
    busy: per(before.busy, after.busy),
    idle: per(before.idle, after.idle),
    stolen: per(before.stolen, after.stolen),
  };
}

/** How long the quota has made the replicas wait, in seconds, summed over them. */
export function throttledSeconds(replicas: readonly Replica[]): number {
  return replicas.reduce((sum, { cpuQuota }) => sum + cpuQuota.throttled(), 0);
}

/** What processes outside the benchmark used. */
export function coresOfOthers({ replicas, redis, ...cores }: Cores): number {
  const { postgres, twilio, generator, busy, stolen } = cores;
  const own = sum([...replicas, ...redis, postgres, twilio, generator]);
  return Math.max(0, busy + stolen - own);
}
