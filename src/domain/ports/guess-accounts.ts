import type { AuditEvent } from '../audit/audit.ts';
import type { GuessKind, User, UserKey } from '../people.ts';

export type GuessCharge = {
  challengeId: string;
  codeId: string;
  /** The same request with the same digits at the same code. */
  attemptId: string;
  /** This execution: only it may give the charge back. */
  tryId: string;
  lane: string;
  kind: GuessKind;
  /** Rows of this kind that the account takes. For `long`: of this lane, or of all known devices. */
  limit: number;
};

export type ChargeOutcome =
  /** Exactly one look is allowed. `again`: the attempt was charged before. */
  | { outcome: 'charged' | 'again' }
  | { outcome: 'full'; fullUntil: Date }
  /** Not charged. `done`: this attempt consumed the code before; `over`: another did; `gone`: no such user. */
  | { outcome: 'done' | 'over' | 'gone' };

export type WrongGuess = Pick<GuessCharge, 'attemptId' | 'lane' | 'kind' | 'limit'> & {
  entry: AuditEvent;
};

/** Rows with this one, none in progress. `position`: under its limit. `recent`: of both kinds, in 24 hours. */
export type SettledAccount = {
  position: number;
  recent: number;
  fullUntil: Date | null;
};

/** A row permits one look at a code. Entries are recorded in the same transaction. PostgreSQL. */
export interface GuessAccounts {
  /** Before the code is compared. Together they never exceed the limit. @returns also the user, without this guess. */
  charge(user: UserKey, guess: GuessCharge): Promise<ChargeOutcome & { user: User }>;
  /** For a guess that was never compared. Does nothing when another try shares the row. */
  giveBack(user: UserKey, guess: Pick<GuessCharge, 'attemptId' | 'tryId'>): Promise<void>;
  /** Takes the guesses of a challenge off: a second factor was proved in it. */
  forgive(challenge: UserKey & { id: string }): Promise<void>;
  /** Once per attempt. */
  settle(user: UserKey, wrong: WrongGuess): Promise<SettledAccount>;
  /** Once per attempt. `alerts` go to the owner, `lockedUntil` to the list of locked users. */
  alert(
    user: UserKey,
    set: { attemptId: string; alerts: AuditEvent[]; lockedUntil: Date | null },
  ): Promise<void>;
  clear(user: UserKey, entry: AuditEvent): Promise<void>;
  prune(): Promise<void>;
}
