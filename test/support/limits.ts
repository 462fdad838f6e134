import type { Limits } from '../../src/adapters/postgres/connection/limits.ts';

/** For tests of what is answered, not of how long it may take: their machine may be busy. */
export const roomy: Limits = { answerMs: 30_000 };

/** The same of a client of Redis. */
export const roomyRedis = { commandTimeout: 30_000, socketTimeout: 30_000 };

/** No measure of speed: where a limit of ours is not kept, the providers' SDKs wait for 30 seconds. */
export const boundMs = 20_000;
