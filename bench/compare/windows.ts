import { setTimeout as delay } from 'node:timers/promises';
import type { Step, Timing } from '../servers/server.ts';
import { logIn, type Queue, startWork } from '../shared/load.ts';
import { residentMiB } from '../shared/memory.ts';
import { type Latency, latencyOf, sum } from '../shared/statistics.ts';
import { type CpuTimes, readTimes, usedSince, type Watched } from './watch.ts';

/** What was seen of one server in a short time under load. */
export type Window = {
  logins: number;
  perSecond: number;
  /** CPU seconds for 1,000 logins. */
  cpu: Pick<CpuTimes, 'server' | 'postgres' | 'redis'>;
  /** Cores in use. */
  cores: CpuTimes;
  latency: Partial<Record<Step | 'login', Latency>>;
  residentMiB: number;
  failures: Record<string, number>;
};

/** Until the load is even. */
const settlingMs = 250;

const minLogins = 20;
const maxMore = 8;

export type LoadOptions = { inFlight: number; seconds: number };

/** Whole logins, one after the other in each of so many places. */
export async function measureWindow(
  watched: Watched,
  queue: Queue,
  { inFlight, seconds }: LoadOptions,
): Promise<Window> {
  const { server } = watched;
  const load = startWork(() => logIn(server, queue.next()), inFlight);
  await delay(settlingMs);
  load.take();
  const before = readTimes(watched);
  await delay(seconds * 1_000);
  // On a machine that is very slow, a window is longer.
  for (let more = 0; load.count() < minLogins && more < maxMore; more += 1)
    await delay(seconds * 1_000);
  const used = usedSince(watched, before);
  const { done, failures } = load.take();
  const resident = residentMiB(server.process.pid);
  await load.stop();
  server.process.clearLog();
  const { postgres, redis } = used.cpu;
  const per1000 = (value: number) => (value * 1_000) / done.length;
  const cores = Object.entries(used.cpu).map(([name, value]) => [name, value / used.seconds]);
  return {
    logins: done.length,
    perSecond: done.length / used.seconds,
    cpu: {
      server: per1000(used.cpu.server),
      postgres: per1000(postgres),
      redis: per1000(redis),
    },
    cores: Object.fromEntries(cores),
    latency: latencies(done),
    residentMiB: resident,
    failures,
  };
}

function latencies(timings: Timing[]): Window['latency'] {
  const steps = Object.keys(timings[0] ?? {}) as Step[];
  const each = steps.map((step) => [step, latencyOf(timings.map((t) => t[step] ?? 0))] as const);
  const login = latencyOf(timings.map((timing) => sum(Object.values(timing))));
  return { ...Object.fromEntries(each), login };
}

/** On a machine that is very slow. */
const maxWarmUpMs = 30_000;

/** By the end of it the code of the server is compiled. */
export async function warmUp({ server }: Watched, queue: Queue, logins: number): Promise<void> {
  const load = startWork(() => logIn(server, queue.next()), 32);
  const until = performance.now() + maxWarmUpMs;
  for (let done = 0; done < logins && performance.now() < until; ) {
    await delay(100);
    done += load.take().done.length;
  }
  await load.stop();
}
