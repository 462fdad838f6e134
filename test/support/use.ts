import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';

/** What is closed when its tests are over, if it can be closed. */
type Opened = object & { close?(): unknown };

/**
 * Opens something before the tests of a file or a block, and closes it after them. Returns it at
 * once, to be named at the top of a file; it is empty until the tests begin.
 */
export function use<T extends Opened>(open: () => T | Promise<T>): T {
  const opened = {} as T;
  beforeAll(async () => fill(opened, await open()));
  afterAll(async () => opened.close?.());
  return opened;
}

/** As `use`, with a new one for each test. */
export function useEach<T extends Opened>(open: () => T | Promise<T>): T {
  const opened = {} as T;
  beforeEach(async () => fill(opened, await open()));
  afterEach(async () => opened.close?.());
  return opened;
}

/** Getters stay getters. */
function fill(target: object, source: object): void {
  Object.defineProperties(target, Object.getOwnPropertyDescriptors(source));
}
