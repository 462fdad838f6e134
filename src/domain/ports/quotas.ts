import type { UserKey } from '../people.ts';

/** A sliding one. */
export type Window = { limit: number; windowMs: number };

export type Budget = {
  name: string;
  /** A user, number or organization. Hashed when it is personal. */
  subject: string;
  /** Whose it is. Missing when several users share it. */
  user?: UserKey;
  windows: readonly Window[];
  /** It is only looked at: nothing is taken. */
  readOnly?: boolean;
};

export type BudgetName = Omit<Budget, 'windows' | 'readOnly'>;

/** The budgets that have no room, by name, and the milliseconds until all have room. */
export type FullBudgets = { names: readonly string[]; waitMs: number };

/** Budgets of sending, shared by all replicas. Redis. */
export interface Quotas {
  /**
   * Takes one of each, or none; of those that are `readOnly`, nothing. Atomic for each, and for those of a user together; for a moment a refusal holds what
   * it gives back.
   *
   * @returns null when taken.
   */
  take(budgets: readonly Budget[], member: string): Promise<FullBudgets | null>;
  giveBack(budgets: readonly BudgetName[], members: readonly string[]): Promise<void>;
  clear(budgets: readonly BudgetName[]): Promise<void>;
}
