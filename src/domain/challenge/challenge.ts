import type { Backup, Device, Policy, User, UserKey } from '../people.ts';

/** How far a delivery has come, as answers show it. */
export type DeliveryState =
  | 'accepted'
  | 'ringing'
  | 'answered'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed';

/** The lane of challenges that no known device starts. */
export const strangersLane = 'strangers';

/** A factor whose code came back. */
export type VerifiedFactor = { method: string; factorId: string };

/** A factor that is being set up: it is nobody's until a code sent to it has come back. */
export type PendingFactor = { id: string; method: string; address: string };

/** The code in play: what a screen shows of it, and the HMAC a guess is compared with. */
export type Code = {
  id: string;
  factorId: string;
  method: string;
  hint: string;
  length: number;
  mac: string;
  keyId: string;
  /** The digits, sealed by the channel whose call asks for a key before it says them; null elsewhere. */
  sealed: string | null;
  /** Milliseconds since 1970, as all times here. */
  sentAt: number;
  expiresAt: number;
  resendAt: number;
  delivery: DeliveryState;
  /** The provider's own name of the call, once it is known. */
  callId: string | null;
};

/** A right guess at the code in play that is being acted on: by which attempt, and since when. */
export type Proof = { codeId: string; attemptId: string; at: number };

/** How a challenge was approved, and the one result that says so; `resultId` is null where there is none. */
export type Approval = {
  resultId: string | null;
  amr: string[];
  at: number;
  resultExpiresAt: number;
};

/** One attempt of one user to get in, as the store keeps it. */
export type Challenge = {
  id: string;
  organizationId: string;
  userId: string;
  /** The client's name: results are issued to it. */
  client: string;
  app: string;
  appVersion: string | null;
  /** The network address of the person, where the caller gave it. */
  address: string | null;
  /** `factor`: to confirm a factor that is added outside a login. */
  purpose: 'login' | 'step-up' | 'factor';
  /** Whose budgets and locks hold for it: `strangersLane`, or the lane of one known device. */
  lane: string;
  /** As they were when the challenge began: a later change never ends a session. */
  policy: Policy;
  backup: Backup;
  language: string;
  device: Device | null;
  pending: PendingFactor | null;
  code: Code | null;
  proof: Proof | null;
  /** Of the code in play. */
  attemptsRemaining: number;
  /** Of every code put in play, so that an approval can give back what they took of budgets. */
  codeIds: string[];
  wrongGuesses: number;
  /** The factor that was verified in this challenge. */
  verified: VerifiedFactor | null;
  outcome: 'approved' | 'cancelled' | 'upgrade_required' | null;
  minimumVersion: string | null;
  approval: Approval | null;
  /** The attempt that redeemed the result, for screens: PostgreSQL has the truth. */
  redeemedBy: string | null;
  /** Grows by one with each change. */
  version: number;
  createdAt: number;
  expiresAt: number;
};

/** Where a challenge is kept: ids alone, so that any replica can find it. */
export type ChallengeRef = UserKey & { id: string };

/** A challenge as it stood at `now`, milliseconds since 1970 on the store's own clock. */
export type ChallengeSnapshot = { challenge: Challenge; now: number };

export type NewChallenge = Omit<Challenge, 'version' | 'createdAt' | 'expiresAt'>;

/** Fields to replace, as a whole each. */
export type ChallengePatch = Partial<
  Omit<Challenge, 'id' | 'organizationId' | 'userId' | 'version' | 'createdAt' | 'wrongGuesses'>
>;

/** A challenge, the clock it is judged by, and the user it is about. */
export type LoginContext = ChallengeSnapshot & {
  user: User;
  /** So many wrong guesses stand on the user's account that 4 digits are not safe any more. */
  careful: boolean;
};
