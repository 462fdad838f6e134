import { setTimeout as delay } from 'node:timers/promises';
import { queueOf, startWork } from '../shared/load.ts';
import type { Person } from '../shared/people.ts';
import { type Latency, latencyOf } from '../shared/statistics.ts';
import type { Timing } from './login.ts';

export type Measured = {
  seconds: number;
  logins: number;
  perSecond: number;
  latency: Record<keyof Timing, Latency>;
  /** How often each error occurred. */
  failures: Record<string, number>;
};

/** Lets `concurrency` people sign in at a time. When one is in, the next begins. */
export function startLoad(
  logIn: (person: Person) => Promise<Timing>,
  all: readonly Person[],
  concurrency: number,
) {
  const queue = queueOf(all);
  const load = startWork(() => logIn(queue.next()), concurrency);
  return {
    /** Measures for so many seconds. Logins that began before count too. */
    async measure(seconds: number): Promise<Measured> {
      load.take();
      const start = performance.now();
      await delay(seconds * 1000);
      const took = (performance.now() - start) / 1000;
      const { done, failures } = load.take();
      return summarize(done, failures, took);
    },
    stop: load.stop,
  };
}

function summarize(timings: Timing[], failures: Record<string, number>, seconds: number): Measured {
  const of = (step: keyof Timing) => latencyOf(timings.map((timing) => timing[step]));
  const latency = {
    start: of('start'),
    verify: of('verify'),
    redeem: of('redeem'),
    login: of('login'),
  };
  const logins = timings.length;
  return { seconds, logins, perSecond: logins / seconds, latency, failures };
}
