import type { Bench, Side } from './bench.ts';
import { type Cores, coresBetween, heldBackIn, lookAt } from './cores.ts';
import { type Measured, startLoad } from './load.ts';
import { openLogins } from './login.ts';
import type { Replica } from './replicas.ts';
import { rounded } from './statistics.ts';

/** How many replicas on how many Redis masters; and to what part of a core each is held, if it is. */
export type Configuration = { replicas: number; masters: 1 | 3; budget: number | null };

export type Run = Configuration & Measured & { cores: Cores; heldBack: number };

export type Terms = { lanes: number; warmUpSeconds: number; seconds: number };

/** Until a change of load or budget is over. */
const settlingSeconds = 1.5;

/** One measurement of one configuration, on empty stores. */
export async function runOnce(
  bench: Bench,
  configuration: Configuration,
  { lanes, seconds }: Terms,
): Promise<Run> {
  const side = await cleared(bench, configuration.masters);
  const replicas = side.replicas.slice(0, configuration.replicas);
  const { load, stop } = openLoad(bench, replicas, lanes);
  const hold = (cores: number | null) => {
    for (const { budget } of replicas) budget.set(cores);
  };
  try {
    hold(configuration.budget);
    await load.measure(settlingSeconds);
    const look = () => ({ cores: lookAt(bench, side, replicas), held: heldBackIn(replicas) });
    const before = look();
    const measured = await load.measure(seconds);
    const after = look();
    const cores = coresBetween(before.cores, after.cores, measured.seconds);
    const heldBack = rounded((after.held - before.held) / measured.seconds, 3);
    return { ...configuration, ...measured, cores, heldBack };
  } finally {
    hold(null);
    await stop();
  }
}

/** Until the code of every replica is compiled: at a fifth of a core that alone would take a minute. */
export async function warmUp(bench: Bench, { lanes, warmUpSeconds }: Terms): Promise<void> {
  for (const { replicas } of bench.sides) {
    const { load, stop } = openLoad(bench, replicas, lanes);
    await load.measure(warmUpSeconds);
    await stop();
  }
}

export function openLoad(bench: Bench, replicas: readonly Replica[], lanes: number) {
  const logins = openLogins({ ...bench, urls: replicas.map(({ url }) => url) });
  const load = startLoad(logins.logIn, bench.people, lanes);
  const stop = async () => {
    await load.stop();
    logins.close();
  };
  return { load, stop };
}

/** As a run begins: no challenges, no events, and what was written is on disk. */
export async function cleared({ admin, sides }: Bench, masters: 1 | 3): Promise<Side> {
  const side = sides.find((one) => one.masters === masters);
  if (!side) throw new Error(`no Redis of ${masters}`);
  await Promise.all(side.servers.map((server) => server.flushall()));
  await admin.query('TRUNCATE events, spent_ids RESTART IDENTITY');
  await admin.query('CHECKPOINT');
  return side;
}
