import type {
  ChallengePatch,
  ChallengeRef,
  ChallengeSnapshot,
  NewChallenge,
} from '../challenge/challenge.ts';
import type { UserKey } from '../people.ts';

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

/** Each operation is atomic. The store's clock decides what has expired. Null: unknown or expired. Redis. */
export interface ChallengeStore {
  /** Keeps it for `lifetimeMs` (an integer). An unexpired one of the same id stays as it is, and is returned. */
  create(challenge: NewChallenge, lifetimeMs: number): Promise<ChallengeSnapshot>;
  read(ref: ChallengeRef): Promise<ChallengeSnapshot | null>;
  /** Applies only at `version`, and raises it. The challenge stays stored for at least `keepMs` from now. */
  change(
    ref: ChallengeRef,
    version: number,
    patch: ChallengePatch,
    keepMs?: number,
  ): Promise<ChallengeSnapshot | 'conflict' | null>;
  /** Counts, then compares. A right one leaves a `proof` and costs no attempt. Never retried: one charge, one look. */
  look(
    ref: ChallengeRef,
    guess: Guess,
  ): Promise<(ChallengeSnapshot & { outcome: LookOutcome }) | null>;
  forgetUser(user: UserKey): Promise<void>;
  /** Hears changes on any replica. May miss some: look again now and then. Never rejects. @returns how to stop. */
  watch(ref: ChallengeRef, changed: () => void): Promise<() => void>;
  ping(): Promise<void>;
}
