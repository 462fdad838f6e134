import type {
  ChallengePatch,
  ChallengeRef,
  ChallengeSnapshot,
  NewChallenge,
} from '../challenge/challenge.ts';
import type { UserKey } from '../people.ts';

/** One guess at the code in play. The user's account has its charge. */
export type Guess = {
  codeId: string;
  /** The HMAC of the guess. */
  mac: string;
  /** The same attempt again gets the same outcome and costs nothing. */
  attemptId: string;
};

export type LookOutcome =
  /** Compared and right. Other guesses are refused for `proofLeaseMs`. */
  | 'right'
  /** Compared, wrong and counted. */
  | 'wrong'
  /** Not compared: the code has no attempts left. */
  | 'exhausted'
  /** Not compared: the code has expired. */
  | 'expired'
  /** Not compared: a right guess is being processed. */
  | 'taken'
  /** Not compared: another code, or none, is in play. */
  | 'superseded';

/**
 * Challenges, their codes and counters, for minutes. Each operation is atomic. The store's clock decides what has
 * expired. Redis.
 */
export interface ChallengeStore {
  /**
   * Stores it for `lifetimeMs` (an integer) and sets `createdAt` and `expiresAt`. An unexpired
   * challenge of the same id stays as it is, and is returned.
   */
  create(challenge: NewChallenge, lifetimeMs: number): Promise<ChallengeSnapshot>;
  /** Null when it is unknown or expired. */
  read(ref: ChallengeRef): Promise<ChallengeSnapshot | null>;
  /**
   * Replaces the fields of `patch` if the challenge is still at `version`, and raises the version. `keepMs` is the
   * minimum time that it stays stored from now.
   *
   * @returns `conflict` when the version differs, null when it is gone.
   */
  change(
    ref: ChallengeRef,
    version: number,
    patch: ChallengePatch,
    keepMs?: number,
  ): Promise<ChallengeSnapshot | 'conflict' | null>;
  /**
   * Counts a guess, then compares it, in one step. Lowers `attemptsRemaining`; a wrong one raises `wrongGuesses`. A
   * right one leaves its `proof` and costs no attempt. It is never retried: the caller has a charge for exactly one
   * look.
   *
   * @returns null when the challenge is gone.
   */
  look(
    ref: ChallengeRef,
    guess: Guess,
  ): Promise<(ChallengeSnapshot & { outcome: LookOutcome }) | null>;
  forgetUser(user: UserKey): Promise<void>;
  /**
   * Calls `changed` after a change on any replica, sometimes also without one. A right guess is no change: its
   * approval is. While the store is away changes are missed, so look again now and then. Never rejects.
   *
   * @returns a function that stops watching.
   */
  watch(ref: ChallengeRef, changed: () => void): Promise<() => void>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}
