import type { AuditEvent } from '../audit/audit.ts';
import type { GuessAccount, UserKey, WrongGuess } from '../people.ts';

/** The account of wrong guesses of each user. PostgreSQL. */
export interface GuessAccounts {
  /**
   * Puts a wrong guess on the user's account, in the same step as it is counted; when that makes
   * `maxLong` long ones within 24 hours, the user is locked until the oldest of those is 24 hours
   * old. For good when it resolves.
   *
   * @returns the account with this guess, and until when the user is locked, if so; `recent` counts
   *   the guesses of both kinds of the last 24 hours.
   */
  recordWrongGuess(
    user: UserKey,
    guess: WrongGuess,
    maxLong: number,
  ): Promise<GuessAccount & { recent: number; lockedUntil: Date | null }>;
  /** Takes the wrong guesses of a challenge off the account: it was approved. */
  forgive(user: UserKey, challengeId: string): Promise<void>;
  /**
   * Lifts a lock and clears the account of wrong guesses; fine when there is neither. `entry` is
   * recorded in the same transaction.
   */
  clear(user: UserKey, entry: AuditEvent): Promise<void>;
}
