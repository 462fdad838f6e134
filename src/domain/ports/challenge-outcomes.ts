import type { AuditEvent, EntryFor } from '../audit/audit.ts';
import type { Challenge, VerifiedFactor } from '../challenge/challenge.ts';
import type { Device, UserKey } from '../people.ts';
import type { DeviceChange } from './devices.ts';
import type { EndedDevice } from './known-devices.ts';

export type ChallengeApproval = {
  challenge: Pick<
    Challenge,
    'id' | 'organizationId' | 'userId' | 'client' | 'app' | 'purpose' | 'lane'
  >;
  /** The same attempt again gets the same approval. */
  attemptId: string;
  verified: VerifiedFactor | null;
  /** RFC 8176. */
  amr: string[];
  /** The `jti` of the result. Null for purposes without one. */
  resultId: string | null;
  resultTtlMs: number;
  codeId: string | null;
  /** Where the code went: must still be the user's. Null without a code. */
  factorId: string | null;
  skipped: 'primary' | 'backup' | null;
  /** Whether a factor's code was right in it. */
  byCode: boolean;
  /** Whether the user wants the browser or app remembered. */
  remember: boolean;
  /** Receives codes from now on. */
  device: { device: Device; entryFor: EntryFor } | null;
  entries: AuditEvent[];
};

export type ApprovalOutcome =
  | { outcome: 'approved'; resultId: string | null; deviceChange: DeviceChange }
  /** `over`: another attempt consumed the code. `finished`: it, or its known device, had ended. `gone`: no such user. `no-factor`: lost. */
  | { outcome: 'over' | 'finished' | 'gone' | 'no-factor' };

export type StoredApproval = UserKey & {
  client: string;
  purpose: Challenge['purpose'];
  lane: string;
  verified: VerifiedFactor | null;
  ageMs: number;
};

/** A token for a known device, if the redemption gives one. */
export type DeviceOffer = {
  hash: string;
  /** Of a device that has to be added. */
  deviceId: string;
  /** Null: the default. */
  remember: boolean | null;
  entryFor: EntryFor;
};

export type Redemption =
  | { outcome: 'redeemed'; device: RememberedDevice | null }
  | { outcome: 'already-redeemed' | 'invalid'; device: null };

export type RememberedDevice = EndedDevice & {
  expiresAt: Date;
  /** It was added. */
  isNew: boolean;
  /** Those that it replaced. */
  replaced: EndedDevice[];
};

/** How each challenge ended, once: the truth. A change and its audit entries are one transaction. PostgreSQL. */
export interface ChallengeOutcomes {
  /** In one step: approves, consumes the code, takes its guesses off the account, adds the device. */
  approve(approval: ChallengeApproval): Promise<ApprovalOutcome>;
  /** Ends it without approval. A repeat records nothing more. @returns false when it is already approved. */
  cancel(challenge: ChallengeApproval['challenge'], entry: AuditEvent): Promise<boolean>;
  /**
   * Ends a challenge whatever it came to: its result, unless redeemed, and its proof are worthless. Ends others that
   * have not ended. Records `entry` once, and an entry for each other.
   */
  deny(
    challenge: ChallengeApproval['challenge'],
    others: readonly ChallengeApproval['challenge'][],
    entries: { denied: AuditEvent; cancelled: readonly AuditEvent[] },
  ): Promise<void>;
  /** Before a next step. @returns whether this attempt consumed it, now or earlier, for a factor still the user's. */
  consumeCode(
    user: UserKey,
    code: { codeId: string; factorId: string | null; attemptId: string },
  ): Promise<boolean>;
  /** The same attempt gets `redeemed` again, with another token for the same device. `invalid`: unknown, expired, or for another user, client or purpose. */
  redeem(
    result: UserKey & {
      challengeId: string;
      resultId: string;
      client: string;
      purpose: string;
      attemptId: string;
    },
    offer: DeviceOffer,
  ): Promise<Redemption>;
  findApproval(challengeId: string): Promise<StoredApproval | null>;
  prune(moment: Date): Promise<void>;
}
