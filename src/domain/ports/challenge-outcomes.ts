import type { AuditEvent, EntryFor } from '../audit/audit.ts';
import type { Challenge, VerifiedFactor } from '../challenge/challenge.ts';
import type { Device, UserKey } from '../people.ts';
import type { DeviceChange } from './devices.ts';

export type ChallengeApproval = {
  challenge: Pick<Challenge, 'id' | 'organizationId' | 'userId' | 'client' | 'purpose' | 'lane'>;
  /** The same attempt again gets the same approval. */
  attemptId: string;
  verified: VerifiedFactor | null;
  /** RFC 8176. */
  amr: string[];
  /** The `jti` of the result. Null for purposes without one. */
  resultId: string | null;
  /** By the clock of PostgreSQL. */
  resultTtlMs: number;
  /** The code that this consumes. Null without one. */
  codeId: string | null;
  /** The step of an enrolment that this skips. */
  skipped: 'primary' | 'backup' | null;
  /** The device that receives codes from now on, if one does. */
  device: { device: Device; entryFor: EntryFor } | null;
  /** For the audit trail, once. */
  entries: AuditEvent[];
};

export type ApprovalOutcome =
  | { outcome: 'approved'; resultId: string | null; deviceChange: DeviceChange }
  /** `over`: another attempt consumed the code. `finished`: it had ended. `gone`: no such user. */
  | { outcome: 'over' | 'finished' | 'gone' };

export type StoredApproval = UserKey & {
  client: string;
  purpose: Challenge['purpose'];
  lane: string;
  verified: VerifiedFactor | null;
  /** Milliseconds since the approval. */
  ageMs: number;
};

/**
 * How each challenge ended, once. This is the truth; the challenge store may forget. A change and its audit entries
 * are one transaction. PostgreSQL.
 */
export interface ChallengeOutcomes {
  /** In one step: approves, consumes the code, takes its guesses off the account, adds the device. */
  approve(approval: ChallengeApproval): Promise<ApprovalOutcome>;
  /**
   * Ends a challenge without approval. Repeating it records nothing more.
   *
   * @returns false when it is already approved.
   */
  cancel(challenge: ChallengeApproval['challenge'], entry: AuditEvent): Promise<boolean>;
  /**
   * Consumes a code before a next step, and removes its guess from the account.
   *
   * @returns whether this attempt consumed it, now or earlier.
   */
  consumeCode(user: UserKey, code: { codeId: string; attemptId: string }): Promise<boolean>;
  /**
   * Redeems a result for its client and purpose. The same attempt again gets `redeemed` again.
   *
   * @returns `invalid` when it is unknown, expired, or for another user, client or purpose.
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
  /** Removes what ended before `moment`. */
  prune(moment: Date): Promise<void>;
}
