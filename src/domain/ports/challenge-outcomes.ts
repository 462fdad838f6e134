import type { AuditEvent, EntryFor } from '../audit/audit.ts';
import type { Challenge, VerifiedFactor } from '../challenge/challenge.ts';
import type { Device, UserKey } from '../people.ts';
import type { DeviceChange } from './devices.ts';

/** How a challenge is approved. */
export type ChallengeApproval = {
  challenge: Pick<Challenge, 'id' | 'organizationId' | 'userId' | 'client' | 'purpose' | 'lane'>;
  /** Names the attempt: the same one again gets the same approval. */
  attemptId: string;
  /** The factor that was verified; null when none was. */
  verified: VerifiedFactor | null;
  /** RFC 8176. */
  amr: string[];
  /** The `jti` of the result; null for purposes that have none. */
  resultId: string | null;
  /** How long the result may be redeemed, in milliseconds, by the clock of PostgreSQL. */
  resultTtlMs: number;
  /** The code that is consumed by this; null where no code is entered. */
  codeId: string | null;
  /** The step of an enrolment that is skipped by this, if any. */
  skipped: 'primary' | 'backup' | null;
  /** The device that receives codes from now on, if one does. */
  device: { device: Device; entryFor: EntryFor } | null;
  /** What the audit trail gets, once. */
  entries: AuditEvent[];
};

export type ApprovalOutcome =
  | { outcome: 'approved'; resultId: string | null; deviceChange: DeviceChange }
  /** `over`: another attempt consumed the code; `finished`: the challenge ended before; `gone`: no such user. */
  | { outcome: 'over' | 'finished' | 'gone' };

/** An approval as it stands in PostgreSQL. */
export type StoredApproval = UserKey & {
  client: string;
  purpose: Challenge['purpose'];
  lane: string;
  verified: VerifiedFactor | null;
  /** How long ago it was approved, in milliseconds. */
  ageMs: number;
};

/**
 * How each challenge ended, once: the truth where the store of challenges forgets or is tampered with. Each
 * change is durable when it resolves, together with its entries in the audit trail. PostgreSQL.
 */
export interface ChallengeOutcomes {
  /**
   * Approves, consumes the code, takes the challenge's guesses off the account, and makes the device receive codes,
   * all in one step.
   */
  approve(approval: ChallengeApproval): Promise<ApprovalOutcome>;
  /**
   * Ends a challenge without approval. The entry is written the first time only.
   *
   * @returns false when it is approved already.
   */
  cancel(challenge: ChallengeApproval['challenge'], entry: AuditEvent): Promise<boolean>;
  /**
   * Consumes a code on the way to a next step, and takes its own guess off the account.
   *
   * @returns whether it was this attempt that consumed it, now or before.
   */
  consumeCode(user: UserKey, code: { codeId: string; attemptId: string }): Promise<boolean>;
  /**
   * Redeems a result for its client and purpose. The same attempt again is `redeemed` again.
   *
   * @returns `invalid` for one that is unknown, expired, another user's or client's, or of another purpose.
   */
  redeem(
    result: UserKey & {
      challengeId: string;
      resultId: string;
      client: string;
      purpose: string;
      attemptId: string;
    },
  ): Promise<'redeemed' | 'already-redeemed' | 'invalid'>;
  /** Null when the challenge was not approved. */
  findApproval(challengeId: string): Promise<StoredApproval | null>;
  /** Forgets what ended and what was consumed before `moment`: long after nothing could bring it back. */
  prune(moment: Date): Promise<void>;
}
