/** The stored end of a test challenge. Does nothing to one of live mode. PostgreSQL. */
export interface TestOutcomes {
  /** As if it had been so much earlier. */
  advance(challengeId: string, ms: number): Promise<void>;
}
