/**
 * What may be used once, however often the store of challenges forgets: results, and codes that lead to
 * no entry of the audit trail. PostgreSQL.
 */
export interface ConsumedIds {
  /**
   * Uses up `id`, for good when it resolves.
   *
   * @param by names the attempt.
   * @returns whether it was this attempt that used it up, now or before.
   */
  spend(id: string, by: string): Promise<boolean>;
  /** Forgets what was used up before `moment`: long after nothing could bring it back. */
  prune(moment: Date): Promise<void>;
}
