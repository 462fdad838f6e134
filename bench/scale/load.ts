import { setTimeout as delay } from 'node:timers/promises';
import type { Timing } from './login.ts';
import type { Person } from './people.ts';
import { type Latency, latencyOf } from './statistics.ts';

export type Measured = {
  seconds: number;
  logins: number;
  perSecond: number;
  latency: Record<keyof Timing, Latency>;
  /** What failed, by what it was told, and how often. */
  failures: Record<string, number>;
};

/** So many people at a time sign in, each lane with people of its own, the next as soon as one is in. */
export function startLoad(
  logIn: (person: Person) => Promise<Timing>,
  all: readonly Person[],
  lanes: number,
) {
  let running = true;
  let timings: Timing[] = [];
  let failures: Record<string, number> = {};
  const begin = () => {
    timings = [];
    failures = {};
  };

  const lane = async (own: readonly Person[]) => {
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
  const size = Math.floor(all.length / lanes);
  const ended = Promise.all(
    Array.from({ length: lanes }, (_, i) => lane(all.slice(i * size, (i + 1) * size))),
  );

  return {
    /** What happens in the next so many seconds; logins that were under way before count too. */
    async measure(seconds: number): Promise<Measured> {
      begin();
      const began = performance.now();
      await delay(seconds * 1000);
      const took = (performance.now() - began) / 1000;
      const [done, failed] = [timings, failures];
      begin();
      return summed(done, failed, took);
    },
    async stop(): Promise<void> {
      running = false;
      await ended;
    },
  };
}

function summed(timings: Timing[], failures: Record<string, number>, seconds: number): Measured {
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
