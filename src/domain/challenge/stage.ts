import { Problem, type ProblemName } from '../problems.ts';
import { type EndReason, type LoginContext, strangersLane } from './challenge.ts';
import { liveCode } from './code-in-play.ts';
import { isWithdrawn } from './lane.ts';
import { challengeLimits } from './limits.ts';
import { isSkippable, needsPass, type OpenStage, openStageOf, proofOf } from './open-stage.ts';

/** Where a challenge stands. A screen shows `confirm` as `verify`. */
export type Stage = OpenStage | 'locked' | 'approved' | 'cancelled' | 'upgrade_required';

/** `edit`: any change that only an edit makes. */
export type Call = 'send' | 'verify' | 'enrol' | 'skip' | 'cancel' | 'edit' | 'done';

const ended = {
  send: 'challenge-finished',
  verify: 'challenge-finished',
  enrol: 'challenge-finished',
  skip: 'challenge-finished',
  edit: 'challenge-finished',
  done: 'challenge-finished',
} as const;

const transitions: Record<Stage, Record<Call, 'ok' | ProblemName>> = {
  verify: {
    send: 'ok',
    verify: 'ok',
    enrol: 'verification-required',
    skip: 'verification-required',
    cancel: 'ok',
    edit: 'verification-required',
    done: 'verification-required',
  },
  enrol: {
    send: 'no-factor',
    verify: 'code-not-sent',
    enrol: 'ok',
    skip: 'ok',
    cancel: 'ok',
    edit: 'verification-required',
    done: 'verification-required',
  },
  confirm: {
    send: 'ok',
    verify: 'ok',
    enrol: 'ok',
    skip: 'ok',
    cancel: 'ok',
    edit: 'ok',
    done: 'ok',
  },
  edit: {
    send: 'no-factor',
    verify: 'code-not-sent',
    enrol: 'ok',
    skip: 'enrolment-required',
    cancel: 'ok',
    edit: 'ok',
    done: 'ok',
  },
  locked: {
    send: 'locked',
    verify: 'ok',
    enrol: 'locked',
    skip: 'locked',
    cancel: 'ok',
    edit: 'locked',
    done: 'locked',
  },
  approved: { ...ended, cancel: 'challenge-finished' },
  cancelled: { ...ended, cancel: 'ok' },
  upgrade_required: { ...ended, cancel: 'ok' },
};

/** A lock stops calls that send a code. For a guess, its charge decides. */
const sendsCode: ReadonlySet<Call> = new Set<Call>(['send', 'enrol']);

export function assertAllowed(context: LoginContext, call: Call): void {
  const verdict = verdictOn(context, call);
  const stopped = sendsCode.has(call) || (call === 'verify' && verdict !== 'ok');
  if (stopped && !context.challenge.outcome && isLocked(context)) throw lockedProblem(context);
  if (verdict === 'locked') throw lockedProblem(context);
  const detailed = verdict === 'verification-required' && isEditCall(call);
  if (verdict !== 'ok') throw new Problem(verdict, detailed ? onlyInEdit : {});
}

function verdictOn(context: LoginContext, call: Call): 'ok' | ProblemName {
  // Who may skip the set-up needs no pass for that.
  if (call === 'skip' && needsPass(context) && !context.challenge.outcome) return 'ok';
  const verdict = transitions[stageOf(context)][call];
  return isEditCall(call) ? editVerdict(context, call, verdict) : verdict;
}

type EditCall = 'edit' | 'done';

function isEditCall(call: Call): call is EditCall {
  return call === 'edit' || call === 'done';
}

const onlyInEdit = {
  detail: 'Only a challenge with purpose `edit` opens this, after its second factor.',
};

function editVerdict(
  { challenge: { purpose, verified } }: LoginContext,
  call: EditCall,
  verdict: 'ok' | ProblemName,
): 'ok' | ProblemName {
  if (purpose !== 'edit') return verdict === 'ok' ? 'verification-required' : verdict;
  // Who has removed the factor that they proved is done all the same.
  const wasProved = call === 'done' && verified !== null;
  return wasProved && verdict === 'verification-required' ? 'ok' : verdict;
}

export function lockedProblem({ user, now }: Pick<LoginContext, 'user' | 'now'>): Problem {
  const waitMs = Math.max(0, Number(user.lockedUntil ?? now) - now);
  return new Problem('locked', { retryAfterMs: waitMs });
}

/** Derived from the challenge and the user's factors, never stored. */
export function stageOf(context: LoginContext): Stage {
  const { challenge } = context;
  if (challenge.outcome) return challenge.outcome;
  if (isExpired(context) || isWithdrawn(context)) return 'cancelled';
  // A lock stops what needs a code. A step that may be skipped needs none.
  if (isLocked(context) && !editsBySecret(context))
    return isSkippable(context) ? 'enrol' : 'locked';
  const stage = openStageOf(context);
  const asksForCode = stage === 'verify' || stage === 'confirm';
  return asksForCode && usedUp(context) ? 'cancelled' : stage;
}

/** A pass and a recovery code prove a locked user too. */
function editsBySecret({ challenge: { purpose, verified } }: LoginContext): boolean {
  return purpose === 'edit' && verified?.factorId === null;
}

function isExpired({ challenge, now }: LoginContext): boolean {
  return now >= challenge.expiresAt;
}

export function isLocked({ challenge, user, now }: LoginContext): boolean {
  return challenge.lane === strangersLane && Number(user.lockedUntil) > now;
}

export type ProofKind = 'code' | 'recoveryCode' | 'pass';

/** What `verify` takes. A lock stops codes: a pass and a recovery code are too long to guess. */
export function acceptedProofs(context: LoginContext): ProofKind[] {
  const { user } = context;
  const stage = stageOf(context);
  if (stage === 'confirm') return ['code'];
  if (stage !== 'verify' && stage !== 'locked') return [];
  if (user.factors.length === 0) return needsPass(context) ? ['pass'] : [];
  const instead: ProofKind[] = proofOf(context) ? [] : ['recoveryCode', 'pass'];
  return stage === 'locked' ? instead : ['code', ...instead];
}

/** @throws Problem `challenge-finished` */
export function assertOpen(context: LoginContext): void {
  const stage = stageOf(context);
  const over = stage === 'approved' || stage === 'cancelled' || stage === 'upgrade_required';
  if (over) throw new Problem('challenge-finished');
}

export function endReasonOf(context: LoginContext): EndReason {
  const { endReason, outcome } = context.challenge;
  if (endReason ?? outcome) return endReason ?? 'user';
  if (isWithdrawn(context)) return 'withdrawn';
  return isExpired(context) ? 'expired' : 'used-up';
}

function usedUp(context: LoginContext): boolean {
  const { challenge } = context;
  const noMoreCodes =
    challenge.codeIds.length >= challengeLimits.codes && liveCode(context) === null;
  return noMoreCodes || challenge.wrongGuesses >= challengeLimits.wrongGuesses;
}
