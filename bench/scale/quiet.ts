import { setTimeout as delay } from 'node:timers/promises';
import { othersIn } from './cores.ts';
import { machineTime } from './cpu.ts';
import type { Run } from './run.ts';

/** Of a core: what a machine needs for itself stays below it. */
const tolerated = 0.15;

/** Where so much of a core was left over, nobody took it from those who are measured. */
const room = 0.2;

/** Of a core: with everything that takes part, and waits, it is hardly ever below a half of this. */
const atRest = 0.5;

const mostTries = 40;

/** Waits until nothing else runs on the machine, or for two minutes at most. */
async function untilQuiet(): Promise<void> {
  for (let looks = 0; looks < 120; looks += 1) {
    const before = machineTime();
    await delay(1_000);
    if (machineTime().busy - before.busy < atRest) return;
  }
}

/** A run that had what it could use of the machine, and how many had not and were thrown away. */
export async function undisturbed(measure: () => Promise<Run>): Promise<[Run, number]> {
  for (let thrownAway = 0; ; thrownAway += 1) {
    await untilQuiet();
    const run = await measure();
    const alone = othersIn(run.cores) <= tolerated || run.cores.idle >= room;
    if (alone || thrownAway >= mostTries) return [run, thrownAway];
  }
}
