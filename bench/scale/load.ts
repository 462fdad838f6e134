import { setTimeout as delay } from 'node:timers/promises';
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
  let running = true;
  let timings: Timing[] = [];
  let failures: Record<string, number> = {};
  const reset = () => {
    timings = [];
    failures = {};
  };

  const signInOneByOne = async (own: readonly Person[]) => {
    for (let next = 0; running; next = (next + 1) % own.length) {
      try {
        timings.push(await logIn(own[next] as Person));
      } catch (error) {
        const { message } = error as Error;
        failures[message] = (failures[message] ?? 0) + 1;
        await delay(100);
      }
    }
  };
  const size = Math.floor(all.length / concurrency);
  const allEnded = Promise.all(
    Array.from({ length: concurrency }, (_, i) =>
      signInOneByOne(all.slice(i * size, (i + 1) * size)),
    ),
  );

  return {
    /** Measures for so many seconds. Logins that began before count too. */
    async measure(seconds: number): Promise<Measured> {
      reset();
      const start = performance.now();
      await delay(seconds * 1000);
      const took = (performance.now() - start) / 1000;
      const [done, failed] = [timings, failures];
      reset();
      return summarize(done, failed, took);
    },
    async stop(): Promise<void> {
      running = false;
      await allEnded;
    },
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
