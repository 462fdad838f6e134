import type { Backup, Device, Factor, GuessKind, Policy, User, UserKey } from '../people.ts';
import { Problem, type ProblemName } from '../problems.ts';
import { minute, second } from '../time.ts';

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

/** What a code is bound to. */
export type CodeBinding = { challengeId: string; codeId: string; factorId: Code['factorId'] };

/** A challenge, the clock it is judged by, and the user it is about. */
export type LoginContext = ChallengeSnapshot & {
  user: User;
  /** So many wrong guesses stand on the user's account that 4 digits are not safe any more. */
  careful: boolean;
};

/** Where a challenge stands. `confirm` is `verify` on the screen: the code proves a new factor. */
export type Stage =
  | 'verify'
  | 'enrol'
  | 'confirm'
  | 'locked'
  | 'approved'
  | 'cancelled'
  | 'upgrade_required';

export type Call = 'send' | 'verify' | 'enrol' | 'skip' | 'cancel';

const ended = {
  send: 'challenge-finished',
  verify: 'challenge-finished',
  enrol: 'challenge-finished',
  skip: 'challenge-finished',
} as const;

/** Which call is legal in which stage; where it is not, the problem that answers it. */
const transitions: Record<Stage, Record<Call, 'ok' | ProblemName>> = {
  verify: {
    send: 'ok',
    verify: 'ok',
    enrol: 'verification-required',
    skip: 'verification-required',
    cancel: 'ok',
  },
  enrol: { send: 'no-factor', verify: 'code-not-sent', enrol: 'ok', skip: 'ok', cancel: 'ok' },
  confirm: { send: 'ok', verify: 'ok', enrol: 'ok', skip: 'ok', cancel: 'ok' },
  locked: { send: 'locked', verify: 'ok', enrol: 'locked', skip: 'locked', cancel: 'ok' },
  approved: { ...ended, cancel: 'challenge-finished' },
  cancelled: { ...ended, cancel: 'ok' },
  upgrade_required: { ...ended, cancel: 'ok' },
};

/** "A challenge has at most 5 codes and 15 wrong guesses". */
export const challengeLimits = { codes: 5, wrongGuesses: 15 } as const;

/** How long a right guess keeps the code to itself. If its replica dies, the code is in play again then. */
export const proofLeaseMs = second;

/**
 * "The 30 seconds of a call's code start when it is answered, … never more than 60 seconds after
 * sending": so long it lives while nobody has answered, where we would be told.
 */
export const longestUnheardMs = minute;

/** How long a result may be redeemed. */
export const resultTtlMs = minute;

/** How long an approval is remembered: it allows changing factors for this long. */
export const approvalMemoryMs = 15 * minute;

/** How many digits a code has: the manual's 4, and what careful mode makes of them. */
export const codeLengths = { short: 4, long: 8 } as const;

/** What ties a code's HMAC to its challenge, its factor and its sending. */
export function bindingOf(challengeId: string, code: Pick<Code, 'id' | 'factorId'>): CodeBinding {
  return { challengeId, codeId: code.id, factorId: code.factorId };
}

/** Under which limit a guess at this code counts. */
export function kindOf(code: Pick<Code, 'length'>): GuessKind {
  return code.length < codeLengths.long ? 'short' : 'long';
}

/** What a lock stops: calls that send a code. Whether a guess is looked at, its charge decides. */
const sendsCode: ReadonlySet<Call> = new Set<Call>(['send', 'enrol']);

/** @throws Problem when the call is not legal where the challenge stands. */
export function assertAllowed(context: LoginContext, call: Call): void {
  const verdict = transitions[stageOf(context)][call];
  const stopped = sendsCode.has(call) || (call === 'verify' && verdict !== 'ok');
  if (stopped && !context.challenge.outcome && isLocked(context)) throw lockedProblem(context);
  if (verdict === 'locked') throw lockedProblem(context);
  if (verdict !== 'ok') throw new Problem(verdict);
}

/** Tells when to come back. */
export function lockedProblem({ user, now }: Pick<LoginContext, 'user' | 'now'>): Problem {
  const waitMs = Math.max(0, Number(user.lockedUntil ?? now) - now);
  return new Problem('locked', { retryAfterMs: waitMs });
}

/** Derived, never stored, from what happened in the challenge and the factors as they are now. */
export function stageOf(context: LoginContext): Stage {
  const { challenge } = context;
  if (challenge.outcome) return challenge.outcome;
  // A lock stops what takes a code, and no more: a step that may be skipped takes none.
  if (isLocked(context)) return isSkippable(context) ? 'enrol' : 'locked';
  const stage = openStage(context);
  return stage !== 'enrol' && usedUp(context) ? 'cancelled' : stage;
}

/** Whether the guesses of this lane are used up for now: no code is sent to it. */
export function isLocked({ challenge, user, now }: LoginContext): boolean {
  return challenge.lane === strangersLane && Number(user.lockedUntil) > now;
}

/** Whether the step that the challenge stands at is one that sets up a factor and may be skipped. */
export function isSkippable(context: LoginContext): boolean {
  const { challenge, user } = context;
  if (challenge.purpose !== 'login' || openStage(context) === 'verify') return false;
  if (user.factors.length === 0) return challenge.policy === 'optional';
  return challenge.backup !== 'required' || user.factors.length > 1;
}

function openStage({ challenge, user }: LoginContext): Stage {
  const owed = user.factors.length > 0 || challenge.purpose === 'step-up';
  if (owed && challenge.verified === null) return 'verify';
  return challenge.pending ? 'confirm' : 'enrol';
}

function usedUp(context: LoginContext): boolean {
  const { challenge } = context;
  const noMoreCodes =
    challenge.codeIds.length >= challengeLimits.codes && liveCode(context) === null;
  return noMoreCodes || challenge.wrongGuesses >= challengeLimits.wrongGuesses;
}

/** Where a code can be sent. */
export type Target = Pick<Factor, 'id' | 'method' | 'address'>;

/** The factors a code can be sent to now: the one being confirmed, or else the active ones. */
export function targets(context: LoginContext): Target[] {
  const { pending } = context.challenge;
  return openStage(context) === 'confirm' && pending ? [pending] : context.user.factors;
}

/**
 * The factor that is sent a code where none is asked for: the primary, or the first one whose method
 * is still offered.
 */
export function defaultTarget(choices: readonly Target[], user: User, methods: string[]) {
  const primary = user.factors.find(({ role }) => role === 'primary');
  const preferred = choices.find(({ id }) => id === primary?.id) ?? choices[0];
  if (preferred && methods.includes(preferred.method)) return preferred;
  return choices.find(({ method }) => methods.includes(method)) ?? preferred;
}

/** The code that was last sent, alive or expired, while the factor it was made for is there. */
export function codeInPlay(context: LoginContext): Code | null {
  const { code } = context.challenge;
  return code && targets(context).some(({ id }) => id === code.factorId) ? code : null;
}

/** The code that a right guess would be taken for. */
export function liveCode(context: LoginContext): Code | null {
  const code = codeInPlay(context);
  if (!code || context.now >= code.expiresAt) return null;
  if (context.careful && kindOf(code) === 'short') return null;
  return context.challenge.attemptsRemaining > 0 ? code : null;
}
