/** In a sliding window. */
export type Budget = {
  name: string;
  /** A user, number or organization. Hashed when it is personal. */
  subject: string;
  limit: number;
  windowMs: number;
};

/** Budgets of sending, shared by all replicas. Redis. */
export interface Quotas {
  /** Takes one of each, or none; each is atomic. @returns null when taken, else the ms until all have room. */
  take(budgets: readonly Budget[], member: string): Promise<number | null>;
  giveBack(
    budgets: readonly Pick<Budget, 'name' | 'subject'>[],
    members: readonly string[],
  ): Promise<void>;
  clear(budgets: readonly Pick<Budget, 'name' | 'subject'>[]): Promise<void>;
}
