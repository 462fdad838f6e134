import { expect } from '@jest/globals';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import { Problem } from '../../src/domain/problems.ts';

/** What is promised is a second; a machine that runs tests may be busy. A bound against hanging. */
const soonMs = 20_000;

/** How long a store that is back may take until it is of use again. */
const recoveryMs = 40_000;

/** A caller hears that the database is away, and soon. */
export async function expectUnavailable(call: Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const thrown = await call.catch((reason: unknown) => reason);
  const took = performance.now() - startedAt;
  expect(thrown).toBeInstanceOf(Problem);
  expect(thrown).toMatchObject({ kind: { name: 'unavailable' }, extra: { retryAfterMs: 1_000 } });
  expect(took).toBeLessThan(soonMs);
}

/** Until a call is answered: each attempt has its own time limit, so this waits without sleeping. */
export async function untilItWorks<T>(call: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    try {
      return await call();
    } catch (thrown) {
      if (!Problem.is(thrown, 'unavailable')) throw thrown;
      if (performance.now() - startedAt > recoveryMs) throw thrown;
    }
  }
}

export function untilAnswered(directory: Directory): Promise<void> {
  return untilItWorks(() => directory.database.ping());
}
