import type { Run } from './run.ts';
import { sum } from './statistics.ts';

/** From here on something counts as used up: the rest is what a scheduler cannot hand out. */
const usedUp = 0.93;

/** Of a core, by a replica: the rest of its one thread's time it waits for a core that another has. */
const thread = 0.8;

const percent = (part: number) => `${Math.round(part * 100)} %`;

/** What has no room left, read off the processes' own times. */
export function limitOf({ cores, budget, replicas }: Run): { what: string; share: string } {
  const used = sum(cores.replicas) / replicas / (budget ?? 1);
  if (budget !== null && used >= usedUp) return { what: 'budget', share: percent(used) };
  const idle = cores.idle / (cores.idle + cores.busy + cores.stolen);
  if (idle <= 1 - usedUp) return { what: 'machine', share: percent(1 - idle) };
  const busiest = Math.max(...cores.replicas);
  if (budget === null && busiest >= thread) return { what: 'thread', share: percent(busiest) };
  return { what: 'waiting', share: percent(1 - idle) };
}
