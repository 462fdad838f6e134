import type {
  ChallengePatch,
  ChallengeRef,
  ChallengeSnapshot,
  NewChallenge,
} from '../challenge/challenge.ts';
import type { UserKey } from '../people.ts';

/** One guess at the code in play, whose charge stands on the user's account. */
export type Guess = {
  /** The code that the guess is made at. */
  codeId: string;
  /** What a right guess has for its HMAC. */
  mac: string;
  /** Names the guess: the same one again gets the same outcome and costs nothing. */
  attemptId: string;
};

export type LookOutcome =
  /** Looked at and right: nobody else is let near the code for `proofLeaseMs`. */
  | 'right'
  /** Looked at and wrong; counted. */
  | 'wrong'
  /** Not looked at: all attempts of the code are used. */
  | 'exhausted'
  /** Not looked at: its time is over. */
  | 'expired'
  /** Not looked at: a right guess at it is being acted on. */
  | 'taken'
  /** Not looked at: another code, or none, is in play. */
  | 'superseded';

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
   * Looks at a guess: counts, then compares, in one step. Counts on the challenge's `attemptsRemaining` and, when
   * wrong, on its `wrongGuesses`. A right guess leaves its `proof` and costs no attempt. Raises the version
   * whenever anything changed. Never sent twice: the caller holds a charge for exactly one look.
   *
   * @returns null when the challenge is gone.
   */
  look(
    ref: ChallengeRef,
    guess: Guess,
  ): Promise<(ChallengeSnapshot & { outcome: LookOutcome }) | null>;
  /** Forgets every challenge of the user at once. */
  forgetUser(user: UserKey): Promise<void>;
  /**
   * Calls `changed` after a change of the challenge, on any replica. May also call it when nothing changed. A
   * right guess does not count as a change: approving it does. Changes go unheard while the store is away, so
   * the caller looks again now and then. Never rejects.
   *
   * @returns what ends it.
   */
  watch(ref: ChallengeRef, changed: () => void): Promise<() => void>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}
