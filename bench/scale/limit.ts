import { sum } from '../shared/statistics.ts';
import type { Run } from './run.ts';

/** Above this share, a quota or the machine is full: a scheduler cannot use the rest. */
const fullShare = 0.93;

/** Above this share of a core, the one thread of a replica limits. In the rest of the time it waits for a core. */
const fullThread = 0.8;

const percent = (part: number) => `${Math.round(part * 100)} %`;

/** What limits a run, by the CPU times of its processes. */
export function limitOf({ cores, cpuQuota, replicas }: Run): { what: string; share: string } {
  const used = sum(cores.replicas) / replicas / (cpuQuota ?? 1);
  if (cpuQuota !== null && used >= fullShare) return { what: 'quota', share: percent(used) };
  const idle = cores.idle / (cores.idle + cores.busy + cores.stolen);
  if (idle <= 1 - fullShare) return { what: 'machine', share: percent(1 - idle) };
  const busiest = Math.max(...cores.replicas);
  if (cpuQuota === null && busiest >= fullThread)
    return { what: 'thread', share: percent(busiest) };
  return { what: 'waiting', share: percent(1 - idle) };
}
