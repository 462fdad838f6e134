/** How many codes one subject may cause in a sliding window. */
export type Budget = {
  name: string;
  /** The user, number or organization, hashed when it is personal. */
  subject: string;
  limit: number;
  windowMs: number;
};

/** Budgets of sending, shared by all replicas. Redis. */
export interface Quotas {
  /**
   * Takes one of each budget under the name `member`, or none of any. Atomic for each budget.
   *
   * @returns null when taken, otherwise the milliseconds until all of them have room.
   */
  take(budgets: readonly Budget[], member: string): Promise<number | null>;
  /** Gives back what these members took. */
  giveBack(
    budgets: readonly Pick<Budget, 'name' | 'subject'>[],
    members: readonly string[],
  ): Promise<void>;
  /** Empties these budgets. */
  clear(budgets: readonly Pick<Budget, 'name' | 'subject'>[]): Promise<void>;
}
