import type { Backup, Device, Policy, User, UserKey } from '../people.ts';

export type DeliveryState =
  | 'accepted'
  | 'ringing'
  | 'answered'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed';

/** The lane of challenges without a known device. */
export const strangersLane = 'strangers';

/** `factorId` is null for a pass or a recovery code. */
export type VerifiedFactor = { method: string; factorId: string | null };

/** A factor that is being set up. It becomes the user's when its code comes back. */
export type PendingFactor = { id: string; method: string; address: string };

export type Code = {
  id: string;
  /** The attempt that sent it: the same one again finds it, and sends no other. */
  attemptId: string;
  factorId: string;
  method: string;
  hint: string;
  length: number;
  mac: string;
  keyId: string;
  /** The sealed digits, for a call that asks for a key first. Null otherwise. */
  sealed: string | null;
  /** Milliseconds since 1970, like all times here. */
  sentAt: number;
  expiresAt: number;
  resendAt: number;
  delivery: DeliveryState;
  callId: string | null;
};

/** A code before the store has it: the store adds its times, by its own clock. */
export type FreshCode = Omit<Code, 'sentAt' | 'expiresAt' | 'resendAt'> & {
  lifeMs: number;
  /** When another may be asked for. */
  resendAfterMs: number;
};

export type Proof = { codeId: string; attemptId: string; at: number };

export type Refusal = {
  reason: 'too-many-requests' | 'denied' | 'destination-not-allowed' | 'no-device';
  /** Null: at once, by another factor. */
  retryAt: number | null;
  factorId: string | null;
};

export type EndReason = 'user' | 'used-up' | 'denied' | 'withdrawn' | 'expired';

export type Approval = {
  resultId: string | null;
  amr: string[];
  at: number;
  resultExpiresAt: number;
  /** No code was asked for, since the device is known. */
  knownDevice?: true;
};

/** `edit`: to change the user's factors. `factor`: to confirm a factor that is added outside a login. */
export type ChallengePurpose = 'login' | 'step-up' | 'edit' | 'factor';

/** Whether an approval lets somebody in, and proves a second factor elsewhere. */
export function isSignIn({ purpose }: { purpose: ChallengePurpose }): boolean {
  return purpose === 'login' || purpose === 'step-up';
}

export type Challenge = {
  id: string;
  organizationId: string;
  userId: string;
  client: string;
  app: string;
  appVersion: string | null;
  address: string | null;
  purpose: ChallengePurpose;
  /** Whose budgets and locks apply: `strangersLane`, or the lane of a known device. */
  lane: string;
  /** As at the start: a later change never ends a session. */
  policy: Policy;
  backup: Backup;
  language: string;
  device: Device | null;
  /** Where our page sends the browser at the end. Then no screen gets the result. */
  returnUrl: string | null;
  pending: PendingFactor | null;
  code: Code | null;
  proof: Proof | null;
  attemptsRemaining: number;
  /** Of every code put in play. An approval gives back their budgets. */
  codeIds: string[];
  refusal: Refusal | null;
  wrongGuesses: number;
  verified: VerifiedFactor | null;
  /** A factor's code was right in it. */
  codeProved: true | null;
  /** The user ticked it: the browser or app is to be remembered. */
  remember: true | null;
  outcome: 'approved' | 'cancelled' | 'upgrade_required' | null;
  endReason: EndReason | null;
  minimumVersion: string | null;
  approval: Approval | null;
  /** The attempt that redeemed the result, for screens. PostgreSQL has the truth. */
  redeemedBy: string | null;
  version: number;
  createdAt: number;
  expiresAt: number;
};

export type ChallengeRef = UserKey & { id: string };

/** `now` is the store's clock, in milliseconds since 1970. */
export type ChallengeSnapshot = { challenge: Challenge; now: number };

export type NewChallenge = Omit<Challenge, 'version' | 'createdAt' | 'expiresAt' | 'code'> & {
  code: FreshCode | null;
};

type Fixed = 'id' | 'organizationId' | 'userId' | 'version';

export type ChallengePatch = Partial<Omit<Challenge, Fixed | 'code'>> & {
  code?: Code | FreshCode | null;
};

export type LoginContext = ChallengeSnapshot & {
  user: User;
  /** The account has so many wrong guesses that 4 digits are not safe. */
  careful: boolean;
  /** How many recovery codes are good. Null where no screen shows it. */
  recoveryCodes: number | null;
};
