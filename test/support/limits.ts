import type { Limits } from '../../src/adapters/postgres/connection/limits.ts';

/** For tests of what is answered, not of how long it may take: their machine may be busy. */
export const roomy: Limits = { answerMs: 10_000 };
