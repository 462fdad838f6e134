import { rounded } from '../shared/statistics.ts';
import type { Bench, Deployment } from './bench.ts';
import { type Cores, coresBetween, readCores, throttledSeconds } from './cores.ts';
import { type Measured, startLoad } from './load.ts';
import { openLogins } from './login.ts';
import type { Replica } from './replicas.ts';

/** `cpuQuota` is the part of a core that each replica may use; null is no limit. */
export type Configuration = { replicas: number; masters: 1 | 3; cpuQuota: number | null };

export type Run = Configuration & Measured & { cores: Cores; throttled: number };

export type LoadOptions = { concurrency: number; warmUpSeconds: number; seconds: number };

/** After this, a change of load or quota has taken effect. */
const settlingSeconds = 1.5;

/** Measures one configuration, on empty stores. */
export async function runOnce(
  bench: Bench,
  configuration: Configuration,
  { concurrency, seconds }: LoadOptions,
): Promise<Run> {
  const deployment = await clearStores(bench, configuration.masters);
  const replicas = deployment.replicas.slice(0, configuration.replicas);
  const { load, stop } = openLoad(bench, replicas, concurrency);
  const limit = (cores: number | null) => {
    for (const { cpuQuota } of replicas) cpuQuota.set(cores);
  };
  try {
    limit(configuration.cpuQuota);
    await load.measure(settlingSeconds);
    const read = () => ({
      cores: readCores(bench, deployment, replicas),
      throttled: throttledSeconds(replicas),
    });
    const before = read();
    const measured = await load.measure(seconds);
    const after = read();
    const cores = coresBetween(before.cores, after.cores, measured.seconds);
    const throttled = rounded((after.throttled - before.throttled) / measured.seconds, 3);
    return { ...configuration, ...measured, cores, throttled };
  } finally {
    limit(null);
    await stop();
  }
}

/** Runs until the code of every replica is compiled. At a fifth of a core that would take a minute. */
export async function warmUp(
  bench: Bench,
  { concurrency, warmUpSeconds }: LoadOptions,
): Promise<void> {
  for (const { replicas } of bench.deployments) {
    const { load, stop } = openLoad(bench, replicas, concurrency);
    await load.measure(warmUpSeconds);
    await stop();
  }
}

export function openLoad(bench: Bench, replicas: readonly Replica[], concurrency: number) {
  const logins = openLogins({ ...bench, urls: replicas.map(({ url }) => url) });
  const load = startLoad(logins.logIn, bench.people, concurrency);
  const stop = async () => {
    await load.stop();
    await logins.close();
  };
  return { load, stop };
}

/** Removes challenges and events, and brings all writes to disk. */
export async function clearStores(
  { admin, deployments }: Bench,
  masters: 1 | 3,
): Promise<Deployment> {
  const deployment = deployments.find((one) => one.masters === masters);
  if (!deployment) throw new Error(`no Redis of ${masters}`);
  await Promise.all(deployment.servers.map((server) => server.flushall()));
  await admin.query('TRUNCATE events, spent_ids RESTART IDENTITY');
  await admin.query('CHECKPOINT');
  return deployment;
}
