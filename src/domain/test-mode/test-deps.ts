import type { Deps, TestOutcomes } from '../ports.ts';

import type { ReadableCodes } from '../secrets/readable-codes.ts';

/** What test mode runs on. Its stores are those of live mode: their names keep them apart. */
export type TestDeps = Deps & {
  codes: ReadableCodes;
  testOutcomes: TestOutcomes;
};
