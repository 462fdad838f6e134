import { setTimeout as delay } from 'node:timers/promises';
import type { Server, Step, Timing } from '../servers/server.ts';
import type { Person } from './people.ts';

/** Everyone in turn, so that nobody signs in again soon. */
export type Queue = { next(): Person };

export function queueOf(everyone: readonly Person[]): Queue {
  let index = -1;
  return {
    next() {
      index = (index + 1) % everyone.length;
      return everyone[index] as Person;
    },
  };
}

export type Work<T> = {
  /** How many ended since the last call of `take`. */
  count(): number;
  /** What ended since the last call, and what failed. */
  take(): { done: T[]; failures: Record<string, number> };
  stop(): Promise<void>;
};

/** Does the same work `inFlight` times at once. When one ends, the next begins. */
export function startWork<T>(work: () => Promise<T>, inFlight: number): Work<T> {
  let running = true;
  let done: T[] = [];
  let failures: Record<string, number> = {};
  const one = async () => {
    while (running) {
      try {
        done.push(await work());
      } catch (error) {
        const { message } = error as Error;
        failures[message] = (failures[message] ?? 0) + 1;
        await delay(20);
      }
    }
  };
  const all = Promise.all(Array.from({ length: inFlight }, one));
  return {
    count: () => done.length,
    take() {
      const taken = { done, failures };
      done = [];
      failures = {};
      return taken;
    },
    async stop() {
      running = false;
      await all;
    },
  };
}

/** A whole login. */
export async function logIn({ steps }: Pick<Server, 'steps'>, person: Person): Promise<Timing> {
  const timing: Timing = {};
  const timed = async <T>(step: Step, work: Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const answer = await work;
    timing[step] = performance.now() - startedAt;
    return answer;
  };
  const started = await timed('start', steps.start(person));
  const verified = await timed('verify', steps.verify(started));
  if (verified.credential === null) throw new Error('the right code was refused');
  if (steps.redeem) await timed('redeem', steps.redeem(verified, person));
  return timing;
}
