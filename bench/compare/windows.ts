import { setTimeout as delay } from 'node:timers/promises';
import { cpuOf, cpuOfFamily } from '../shared/cpu.ts';
import { type Latency, latencyOf, sum } from '../shared/statistics.ts';
import { logIn, type Queue, startLoad } from './load.ts';
import type { Server, Step, Timing } from './server.ts';

/** What was seen of one server in a short time under load. CPU is in seconds for 1,000 of what was counted. */
export type Window = {
  count: number;
  perSecond: number;
  cpu: { server: number; postgres: number; redis: number };
  failures: Record<string, number>;
};

export type LoginWindow = Window & { latency: Partial<Record<Step | 'login', Latency>> };

/** What the CPU times of a window are read from. */
export type Watched = { server: Server; postgresPid: number };

/** Until the load is even. */
const settlingMs = 250;

export async function measureWindow<T>(
  watched: Watched,
  work: () => Promise<T>,
  { inFlight, seconds }: { inFlight: number; seconds: number },
): Promise<Window & { done: T[] }> {
  const load = startLoad(work, inFlight);
  await delay(settlingMs);
  load.take();
  const before = { at: performance.now(), cpu: readCpu(watched) };
  await delay(seconds * 1_000);
  const { done, failures } = load.take();
  const after = { at: performance.now(), cpu: readCpu(watched) };
  await load.stop();
  const per1000 = (name: keyof Window['cpu']) =>
    ((after.cpu[name] - before.cpu[name]) * 1_000) / done.length;
  return {
    done,
    count: done.length,
    perSecond: (done.length * 1_000) / (after.at - before.at),
    cpu: { server: per1000('server'), postgres: per1000('postgres'), redis: per1000('redis') },
    failures,
  };
}

/** Whole logins, one after the other in each of so many places. */
export async function loginWindow(
  watched: Watched,
  queue: Queue,
  options: { inFlight: number; seconds: number },
): Promise<LoginWindow> {
  const work = () => logIn(watched.server, queue.next());
  const { done, ...window } = await measureWindow(watched, work, options);
  return { ...window, latency: latencies(done) };
}

function latencies(timings: Timing[]): LoginWindow['latency'] {
  const steps = Object.keys(timings[0] ?? {}) as Step[];
  const ofSteps = steps.map((step) => [step, latencyOf(timings.map((t) => t[step] ?? 0))] as const);
  const login = latencyOf(timings.map((timing) => sum(Object.values(timing))));
  return { ...Object.fromEntries(ofSteps), login };
}

function readCpu({ server, postgresPid }: Watched): Window['cpu'] {
  return {
    server: cpuOf(server.process.pid).own,
    postgres: cpuOfFamily(postgresPid),
    redis: cpuOf(server.redis.pid).own,
  };
}

/** By then the code is compiled. */
const warmLogins = 2_000;

/** On a machine that is very slow. */
const maxWarmUpMs = 30_000;

export async function warmUp({ server }: Watched, queue: Queue): Promise<void> {
  const load = startLoad(() => logIn(server, queue.next()), 32);
  const until = performance.now() + maxWarmUpMs;
  for (let done = 0; done < warmLogins && performance.now() < until; ) {
    await delay(100);
    done += load.take().done.length;
  }
  await load.stop();
}
