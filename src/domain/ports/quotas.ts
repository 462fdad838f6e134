/** How many sendings one subject may cause within a sliding window. */
export type Budget = {
  name: string;
  /** Whose it is: nothing personal that is not hashed. */
  subject: string;
  limit: number;
  windowMs: number;
};

/** Budgets of sending, shared by all replicas. Redis. */
export interface Quotas {
  /**
   * Takes one of each budget under the name `member`, or none of any. Atomic for each budget.
   *
   * @returns null when taken; else in how many milliseconds all of them could be.
   */
  take(budgets: readonly Budget[], member: string): Promise<number | null>;
  /** Gives back what was taken under these names. */
  giveBack(
    budgets: readonly Pick<Budget, 'name' | 'subject'>[],
    members: readonly string[],
  ): Promise<void>;
  /** Forgets all that was taken of these budgets. */
  clear(budgets: readonly Pick<Budget, 'name' | 'subject'>[]): Promise<void>;
}
