import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Not so short that a turn is spent on finding its memory again, and well below any time limit. */
const periodUs = 40_000;

/** What keeps a process to a part of one core: a control group of Linux of its own. */
export type Budget = {
  /** @param cores null for all it can get. */
  set(cores: number | null): void;
  /** For how long it was kept waiting so far, in seconds. */
  heldBack(): number;
  /** To be called when the process has ended. */
  remove(): void;
};

const root = '/sys/fs/cgroup';
const isUnified = existsSync(join(root, 'cgroup.controllers'));

/** @throws where control groups cannot be made: that takes root. */
export function budgetFor(pid: number): Budget {
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
    heldBack: () => heldBackIn(readFileSync(join(folder, 'cpu.stat'), 'utf8')),
    remove: () => rmdirSync(folder),
  };
}

/** Microseconds in the newer kind of group, nanoseconds in the older. */
function heldBackIn(stat: string): number {
  const [, newer] = /^throttled_usec (\d+)$/m.exec(stat) ?? [];
  const [, older] = /^throttled_time (\d+)$/m.exec(stat) ?? [];
  return newer ? Number(newer) / 1e6 : Number(older ?? 0) / 1e9;
}
