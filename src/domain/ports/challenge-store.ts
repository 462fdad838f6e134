import type {
  Challenge,
  ChallengePatch,
  ChallengeRef,
  ChallengeSnapshot,
  NewChallenge,
} from '../challenge/challenge.ts';
import type { UserKey } from '../people.ts';
import type { Budget, BudgetName, Window } from './quotas.ts';

export type Guess = {
  codeId: string;
  mac: string;
  /** The same attempt again gets the same outcome and costs nothing. */
  attemptId: string;
};

export type LookOutcome =
  /** Only this and `wrong` were compared. Other guesses are refused for `proofLeaseMs`. */
  | 'right'
  | 'wrong'
  | 'exhausted'
  | 'expired'
  /** A right guess is being processed. */
  | 'taken'
  /** Another code, or none, is in play. */
  | 'superseded';

/** What a new challenge takes. */
export type CreationTerms = {
  /** An integer. */
  lifetimeMs: number;
  /** How many challenges of the user may be started. With a budget, only those that took it count. */
  starts?: { window: Window; budget: BudgetName | null };
  /** What its code takes of the user's budgets. */
  take?: { budgets: readonly Budget[]; member: string };
};

export type Creation =
  | ({ outcome: 'created' | 'known' } & ChallengeSnapshot)
  /** Nothing was stored or taken. */
  | { outcome: 'starts' | 'codes'; retryAfterMs: number };

/** What a change does besides. */
export type ChangeOptions = {
  /** It has ended: it stays stored for `endedMemoryMs` from now. */
  ends?: boolean;
  /** Back to budgets of the user. */
  giveBack?: { budgets: readonly BudgetName[]; members: readonly string[] };
  /** No screen shows the change, so nobody hears of it. */
  unseen?: boolean;
};

/** Each operation is atomic. The store's clock decides what has expired, and stamps fresh codes. Null: unknown or expired. Redis. */
export interface ChallengeStore {
  /** The id of a new challenge, by which it is found. @param seed a UUID; the same one gives the same id. */
  idFor(user: UserKey, seed: string): string;
  /** An unexpired one of the same id stays as it is, and is returned: `known`. Then nothing is taken. */
  create(challenge: NewChallenge, terms: CreationTerms): Promise<Creation>;
  read(ref: ChallengeRef): Promise<ChallengeSnapshot | null>;
  /** By an id of `idFor`. Of any other id: null. */
  find(id: string): Promise<ChallengeSnapshot | null>;
  /** The challenges of a user in a lane that have not ended, by now. */
  openIn(user: UserKey, lane: string): Promise<ChallengeSnapshot[]>;
  /** Applies only at the version of `before`, and raises it. Else it is not `changed`, and as others left it. */
  change(
    before: Challenge,
    patch: ChallengePatch,
    options?: ChangeOptions,
  ): Promise<(ChallengeSnapshot & { changed: boolean }) | null>;
  /**
   * Counts, then compares. A right one leaves a `proof` and costs no attempt. Never retried: one charge, one look.
   * `before` is what was read last.
   */
  look(
    before: Challenge,
    guess: Guess,
  ): Promise<(ChallengeSnapshot & { outcome: LookOutcome }) | null>;
  /** Removes the result that screens show, and all that nobody needs after it. */
  hideResult(ref: ChallengeRef, redeemedBy: string): Promise<void>;
  forgetUser(user: UserKey): Promise<void>;
  /** Hears changes on any replica. May miss some: look again now and then. Never rejects. @returns how to stop. */
  watch(ref: ChallengeRef, changed: () => void): Promise<() => void>;
  ping(): Promise<void>;
}
