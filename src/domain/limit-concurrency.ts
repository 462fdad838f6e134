import { setImmediate } from 'node:timers/promises';
import { Problem } from './problems.ts';

/** Lets at most `max` calls of `work` run at a time, in order. An `unavailable` store fails all waiting calls. */
export function limitConcurrency<A extends unknown[], R>(
  max: number,
  work: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  let free = max;
  let queue: PromiseWithResolvers<void>[] = [];

  const enter = async (): Promise<void> => {
    if (free === 0) {
      const turn = Promise.withResolvers<void>();
      queue.push(turn);
      return turn.promise;
    }
    free -= 1;
  };

  const leave = (): void => {
    const next = queue.shift();
    if (next) next.resolve();
    else free += 1;
  };

  return async (...args) => {
    await enter();
    try {
      // Read a burst of requests first, or a reply is read too late.
      await setImmediate();
      return await work(...args);
    } catch (thrown) {
      if (Problem.is(thrown, 'unavailable')) {
        for (const turn of queue) turn.reject(thrown);
        queue = [];
      }
      throw thrown;
    } finally {
      leave();
    }
  };
}
