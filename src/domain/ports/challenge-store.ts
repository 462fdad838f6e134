import type {
  ChallengePatch,
  ChallengeRef,
  ChallengeSnapshot,
  NewChallenge,
} from '../challenge/challenge.ts';
import type { GuessAccount, UserKey } from '../people.ts';
import type { GuessLimits } from './settings.ts';

export type GuessOutcome =
  /** The code was right, and is used up: exactly one guess at a code is ever told so. */
  | 'right'
  /** Looked at and wrong; counted. */
  | 'wrong'
  /** Not looked at: all its attempts are used. */
  | 'exhausted'
  /** Not looked at: its time is over. */
  | 'expired'
  /** Not looked at: a right guess at it is being acted on. */
  | 'taken'
  /** Not looked at: another code, or none, is in play; or it is unknown how many were wrong. */
  | 'superseded'
  /** Not looked at: the user's account of wrong guesses is full for codes of this kind. */
  | 'account-full';

/**
 * Challenges, codes and counters: what lives for minutes. Redis. One clock, the store's, decides
 * what has expired; every operation is atomic, and nothing is kept longer than its time.
 */
export interface ChallengeStore {
  /** Keeps it for `lifetimeMs` (integer milliseconds), which sets `createdAt` and `expiresAt`. */
  create(challenge: NewChallenge, lifetimeMs: number): Promise<ChallengeSnapshot>;
  /** Null when it never was, or is over and forgotten. */
  read(ref: ChallengeRef): Promise<ChallengeSnapshot | null>;
  /**
   * Replaces the fields of `patch` if the challenge is still at `version`, and returns it as it
   * now stands, its version one higher; `conflict` when it has moved on, null when it is gone.
   * `keepMs` keeps it at least that long from now on.
   */
  change(
    ref: ChallengeRef,
    version: number,
    patch: ChallengePatch,
    keepMs?: number,
  ): Promise<ChallengeSnapshot | 'conflict' | null>;
  /**
   * Counts, compares and consumes in one step. A guess is counted before it is compared: on the
   * challenge's `attemptsRemaining` and, when wrong, its `wrongGuesses` and, in the same step, the
   * user's account of the code's kind, which all challenges of the user share. A right guess leaves
   * its attempt and `proof`, which keeps every other guesser from the code for `proofLeaseMs`: who
   * was told must conclude within that time, or the code is back in play. Raises the version whenever
   * anything changed. Without an account (see `openAccount`), or with a full one, nothing is looked at.
   *
   * @param guess `codeId` is the code the caller saw in play, `mac` what a right one would have, `by`
   *   names the attempt: the same one that comes again is told `right` again.
   * @returns null when the challenge is gone.
   */
  guess(
    ref: ChallengeRef,
    guess: { codeId: string; mac: string; by: string },
    limits: GuessLimits,
  ): Promise<(ChallengeSnapshot & { outcome: GuessOutcome }) | null>;
  /**
   * Makes the user's account of wrong guesses known for as long as a challenge of his can live, at
   * least as high as `known`, never lower than it is here already.
   *
   * @returns the account as it now stands.
   */
  openAccount(user: UserKey, known: GuessAccount): Promise<GuessAccount>;
  /** Takes wrong guesses off the account, never below zero; nothing when it is not known here. */
  takeOff(user: UserKey, approved: GuessAccount): Promise<void>;
  /** Sets the account to zero, where it is known. */
  clearAccount(user: UserKey): Promise<void>;
  /** Forgets every challenge of the user at once. */
  forgetUser(user: UserKey): Promise<void>;
  /**
   * Calls `changed` soon after each change that is made to the challenge on any replica, once this has
   * resolved, but for a right guess, which whoever made it concludes; perhaps also without one. While the store is away changes go unheard, so whoever waits
   * looks again by himself now and then. Never rejects.
   *
   * @returns what ends it.
   */
  watch(ref: ChallengeRef, changed: () => void): Promise<() => void>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}
