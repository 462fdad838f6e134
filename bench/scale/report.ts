import type { Figures } from './figures.ts';
import type { Machine } from './machine.ts';
import type { Probes } from './probes.ts';
import type { RowBytes } from './rows.ts';
import type { Run, Terms } from './run.ts';

/** All that a run of the whole bench found, as it is kept in the file. */
export type Report = Machine & {
  terms: Terms;
  rounds: number;
  /** Runs that were repeated, because something else used the machine. */
  thrownAway: number;
  runs: Run[];
  figures: Figures;
  rows: Record<string, RowBytes>;
  probes: Probes;
};

/** The runs of each configuration together, in the order of the first. */
export function groups({ runs }: Report): Run[][] {
  const key = ({ replicas, masters, budget }: Run) => `${budget} ${masters} ${replicas}`;
  return [...Map.groupBy(runs, key).values()];
}
