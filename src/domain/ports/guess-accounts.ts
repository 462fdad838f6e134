import type { AuditEvent } from '../audit/audit.ts';
import type { GuessKind, UserKey } from '../people.ts';

/** One guess at one code, before anybody looks at it. */
export type GuessCharge = {
  challengeId: string;
  codeId: string;
  /** Names the guess: the same request again, with the same digits at the same code. */
  attemptId: string;
  /** Names this execution, which alone may give the charge back. */
  tryId: string;
  /** The lane of the challenge. */
  lane: string;
  kind: GuessKind;
  /** How many rows of this kind the account takes: for `long`, of this lane or of all known devices. */
  limit: number;
};

export type ChargeOutcome =
  /** On the account, for good: exactly one look is allowed. `again`: the same attempt was charged before. */
  | { outcome: 'charged' | 'again' }
  /** Not charged: the account takes no more, until this moment. */
  | { outcome: 'full'; fullUntil: Date }
  /** Not charged. `done`: this attempt consumed the code before; `over`: another did; `gone`: no such user. */
  | { outcome: 'done' | 'over' | 'gone' };

/** A guess that was looked at and wrong. */
export type WrongGuess = Pick<GuessCharge, 'attemptId' | 'lane' | 'kind' | 'limit'> & {
  /** Tells of the guess. */
  entry: AuditEvent;
};

/** How an account stands once a guess is known to be wrong; guesses under way are left out. */
export type SettledAccount = {
  /** Rows under the limit of this guess, this one included. */
  position: number;
  /** Rows of both kinds within 24 hours, this one included. */
  recent: number;
  /** Until when the account takes no more; null while it does. */
  fullUntil: Date | null;
};

/**
 * The account of wrong guesses of each user. A row in it is the permission to look at one guess. PostgreSQL.
 */
export interface GuessAccounts {
  /**
   * Puts a guess on the account before anybody looks at it. Charges of one user wait for each other, so
   * that together they never exceed the limit.
   */
  charge(user: UserKey, guess: GuessCharge): Promise<ChargeOutcome>;
  /** Takes a guess off that was never looked at; nothing when another try shares the row. */
  giveBack(user: UserKey, guess: Pick<GuessCharge, 'attemptId' | 'tryId'>): Promise<void>;
  /** Records that a guess was wrong, once per attempt, and tells how the account stands. */
  settle(user: UserKey, wrong: WrongGuess): Promise<SettledAccount>;
  /**
   * Records what a wrong guess sets off, once per attempt.
   *
   * @param alerts what the owner hears of.
   * @param lockedUntil for the list of locked users; null when the guess locks nothing.
   */
  alert(
    user: UserKey,
    set: { attemptId: string; alerts: AuditEvent[]; lockedUntil: Date | null },
  ): Promise<void>;
  /** Empties the account; fine when nothing stands on it. `entry` is recorded in the same transaction. */
  clear(user: UserKey, entry: AuditEvent): Promise<void>;
  /** Removes rows that count no more. */
  prune(): Promise<void>;
}
