import { setTimeout as delay } from 'node:timers/promises';
import { machineTime } from '../shared/cpu.ts';
import { coresOfOthers } from './cores.ts';
import type { Run } from './run.ts';

/** In cores. What a machine needs for itself stays below this. */
const maxOthers = 0.15;

/** In cores. When so much is idle, other processes take nothing from the benchmark. */
const minIdle = 0.2;

/** In cores. All processes of the benchmark together use about half of this while they wait. */
const maxBusyAtRest = 0.5;

const maxRetries = 40;

/** Waits until nothing else runs on the machine, for at most two minutes. */
async function waitUntilQuiet(): Promise<void> {
  for (let seconds = 0; seconds < 120; seconds += 1) {
    const before = machineTime();
    await delay(1_000);
    if (machineTime().busy - before.busy < maxBusyAtRest) return;
  }
}

/** Repeats a run until no other process disturbs it. Also says how many runs were disturbed. */
export async function measureUndisturbed(measure: () => Promise<Run>): Promise<[Run, number]> {
  for (let repeated = 0; ; repeated += 1) {
    await waitUntilQuiet();
    const run = await measure();
    const undisturbed = coresOfOthers(run.cores) <= maxOthers || run.cores.idle >= minIdle;
    if (undisturbed || repeated >= maxRetries) return [run, repeated];
  }
}
