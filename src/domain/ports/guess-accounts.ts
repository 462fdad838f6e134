import type { AuditEvent } from '../audit/audit.ts';
import type { GuessKind, UserKey } from '../people.ts';

/** A guess before its code is compared. */
export type GuessCharge = {
  challengeId: string;
  codeId: string;
  /** The same request with the same digits at the same code. */
  attemptId: string;
  /** This execution: only it may give the charge back. */
  tryId: string;
  lane: string;
  kind: GuessKind;
  /** How many rows of this kind the account takes. For `long`: of this lane, or of all known devices. */
  limit: number;
};

export type ChargeOutcome =
  /** Exactly one look is allowed. `again`: the attempt was charged before. */
  | { outcome: 'charged' | 'again' }
  /** Not charged: the account is full. */
  | { outcome: 'full'; fullUntil: Date }
  /** Not charged. `done`: this attempt consumed the code before; `over`: another did; `gone`: no such user. */
  | { outcome: 'done' | 'over' | 'gone' };

export type WrongGuess = Pick<GuessCharge, 'attemptId' | 'lane' | 'kind' | 'limit'> & {
  entry: AuditEvent;
};

/** An account after a wrong guess. Guesses in progress do not count. */
export type SettledAccount = {
  /** Rows under the limit of this guess, with this one. */
  position: number;
  /** Rows of both kinds within 24 hours, with this one. */
  recent: number;
  /** Null while the account is not full. */
  fullUntil: Date | null;
};

/** The account of wrong guesses of each user. A row permits one look at a code. PostgreSQL. */
export interface GuessAccounts {
  /** Puts a guess on the account before its code is compared. Charges of one user never exceed the limit together. */
  charge(user: UserKey, guess: GuessCharge): Promise<ChargeOutcome>;
  /** Removes a guess that was never compared. Does nothing when another try shares the row. */
  giveBack(user: UserKey, guess: Pick<GuessCharge, 'attemptId' | 'tryId'>): Promise<void>;
  /** Records a wrong guess, once per attempt. */
  settle(user: UserKey, wrong: WrongGuess): Promise<SettledAccount>;
  /**
   * Records what a wrong guess causes, once per attempt.
   *
   * @param alerts go to the owner.
   * @param lockedUntil for the list of locked users. Null when the guess locks nothing.
   */
  alert(
    user: UserKey,
    set: { attemptId: string; alerts: AuditEvent[]; lockedUntil: Date | null },
  ): Promise<void>;
  /** Empties the account. `entry` is recorded in the same transaction. */
  clear(user: UserKey, entry: AuditEvent): Promise<void>;
  /** Removes rows that no longer count. */
  prune(): Promise<void>;
}
