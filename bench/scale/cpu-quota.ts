import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Long enough to refill CPU caches in a turn, and far below every time limit of the service. */
const periodUs = 40_000;

/** Limits a process to a part of one core, by a Linux control group. */
export type CpuQuota = {
  /** @param cores null for no limit. */
  set(cores: number | null): void;
  /** How long the limit has made the process wait so far, in seconds. */
  throttled(): number;
  /** Call this after the process has ended. */
  remove(): void;
};

const root = '/sys/fs/cgroup';
const isUnified = existsSync(join(root, 'cgroup.controllers'));

/** @throws when control groups cannot be created: that needs root. */
export function createCpuQuota(pid: number): CpuQuota {
  const folder = join(isUnified ? root : join(root, 'cpu'), `doublecheck-scale-${pid}`);
  const write = (file: string, value: string | number) =>
    writeFileSync(join(folder, file), String(value));
  if (isUnified) writeFileSync(join(root, 'cgroup.subtree_control'), '+cpu');
  mkdirSync(folder);
  if (!isUnified) write('cpu.cfs_period_us', periodUs);
  write('cgroup.procs', pid);
  return {
    set(cores) {
      const quota = cores === null ? null : Math.round(cores * periodUs);
      if (isUnified) write('cpu.max', `${quota ?? 'max'} ${periodUs}`);
      else write('cpu.cfs_quota_us', quota ?? -1);
    },
    throttled: () => throttledSeconds(readFileSync(join(folder, 'cpu.stat'), 'utf8')),
    remove: () => rmdirSync(folder),
  };
}

/** Control groups of version 2 count microseconds, those of version 1 nanoseconds. */
function throttledSeconds(stat: string): number {
  const [, newer] = /^throttled_usec (\d+)$/m.exec(stat) ?? [];
  const [, older] = /^throttled_time (\d+)$/m.exec(stat) ?? [];
  return newer ? Number(newer) / 1e6 : Number(older ?? 0) / 1e9;
}
