import type { ChallengeRef } from '../challenge/challenge.ts';

/** Whose a test challenge is: its backend reads it by its id alone. Redis. */
export interface ChallengeIndex {
  save(ref: ChallengeRef, lifetimeMs: number): Promise<void>;
  find(id: string): Promise<ChallengeRef | null>;
}

/** The stored end of a test challenge. Does nothing to one of live mode. PostgreSQL. */
export interface TestOutcomes {
  /** As if it had been so much earlier. */
  advance(challengeId: string, ms: number): Promise<void>;
}
