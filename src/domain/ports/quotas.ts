/** How many codes one subject may cause in a sliding window. */
export type Budget = {
  name: string;
  /** The user, number or organization. Hashed when it is personal. */
  subject: string;
  limit: number;
  windowMs: number;
};

/** Budgets of sending, shared by all replicas. Redis. */
export interface Quotas {
  /**
   * Takes one of each budget under the name `member`, or none. Atomic for each budget.
   *
   * @returns null when taken, else the milliseconds until all have room.
   */
  take(budgets: readonly Budget[], member: string): Promise<number | null>;
  giveBack(
    budgets: readonly Pick<Budget, 'name' | 'subject'>[],
    members: readonly string[],
  ): Promise<void>;
  clear(budgets: readonly Pick<Budget, 'name' | 'subject'>[]): Promise<void>;
}
