import { setTimeout as delay } from 'node:timers/promises';
import type { Breakage } from './faults.ts';
import type { Fault } from './history.ts';
import type { Chances } from './random.ts';

/** How long it is quiet between faults: longer than recovery may take, so that it is seen. */
export type Pace = { calmMs: readonly [least: number, most: number] };

type Plan = Pace & {
  breakages: readonly Breakage[];
  chances: Chances;
  /** Until when a fault may begin. */
  until: number;
  say(line: string): void;
};

/** Breaks one thing after the other, sometimes two at a time, and mends each. */
export async function wreak(plan: Plan): Promise<Fault[]> {
  const faults: Fault[] = [];
  const { chances, until, calmMs } = plan;
  const draw = drawer(plan);
  await delay(chances.between(...calmMs));
  while (Date.now() < until) {
    const first = draw(() => true);
    const chosen = chances.happens(0.2)
      ? [first, draw(({ kind }) => kind !== first.kind)]
      : [first];
    faults.push(...(await Promise.all(chosen.map((one) => breakOne(one, plan)))));
    await delay(chances.between(...calmMs));
  }
  return faults;
}

/** Everything has its turn before anything comes again. */
function drawer({ breakages, chances }: Pick<Plan, 'breakages' | 'chances'>) {
  let left: Breakage[] = [];
  return (fits: (one: Breakage) => boolean): Breakage => {
    if (!left.some(fits)) left = [...breakages];
    const drawn = chances.weighted(left.filter(fits));
    left = left.filter((one) => one !== drawn);
    return drawn;
  };
}

export async function breakOne(
  { kind, name, lasts, forgets = false, begin }: Breakage,
  { chances, say }: Pick<Plan, 'chances' | 'say'>,
): Promise<Fault> {
  const from = Date.now();
  const heldMs = chances.between(...lasts);
  const mend = await begin();
  await delay(heldMs);
  const rest = await mend();
  const to = Date.now();
  say(`${name}, for ${to - from} ms`);
  await rest?.();
  return { kind, name, from, to, replica: mend.replica ?? null, forgets };
}
