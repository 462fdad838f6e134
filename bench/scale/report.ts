import type { Machine } from '../shared/machine.ts';
import type { Costs } from './costs.ts';
import type { Probes } from './probes.ts';
import type { RowBytes } from './row-sizes.ts';
import type { LoadOptions, Run } from './run.ts';

/** Everything that the benchmark found, as stored in scale.json. */
export type Report = Machine & {
  at: string;
  loadOptions: LoadOptions;
  rounds: number;
  /** Runs that were repeated because other processes used the machine. */
  repeated: number;
  runs: Run[];
  costs: Costs;
  rows: Record<string, RowBytes>;
  probes: Probes;
};

/** The runs of each configuration together, in the order of the first. */
export function groups({ runs }: Report): Run[][] {
  const key = ({ replicas, masters, cpuQuota }: Run) => `${cpuQuota} ${masters} ${replicas}`;
  return [...Map.groupBy(runs, key).values()];
}
