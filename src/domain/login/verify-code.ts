import { hash, randomUUID } from 'node:crypto';
import type { ChallengeRef, ChallengeSnapshot, LoginContext } from '../challenge/challenge.ts';
import { bindingOf, codeInPlay } from '../challenge/code-in-play.ts';
import { proofLeaseMs } from '../challenge/limits.ts';
import { contextOf, type OpenDeps, readChallenge } from '../challenge/open-challenge.ts';
import { assertAllowed, isLocked, lockedProblem } from '../challenge/stage.ts';
import type { ChargeOutcome, Deps, LookOutcome } from '../ports.ts';
import { Problem } from '../problems.ts';
import { second } from '../time.ts';
import { type AcceptDeps, acceptCode } from './accept-code.ts';
import { dropCode } from './approve.ts';
import type { EndDevicesDeps } from './end-known-devices.ts';
import {
  type Attempt,
  chargeGuess,
  endGuessing,
  type GuessDeps,
  giveBackGuess,
  recordWrongGuess,
} from './guess-account.ts';

type VerifyDeps = OpenDeps & GuessDeps & AcceptDeps & EndDevicesDeps & Pick<Deps, 'codes'>;

/** The digits, and whether the user ticked that the browser or app is to be remembered. */
export type Entered = { digits: string; remember: boolean };

/** Charges the guess, then compares it: no failure gives a free look. A wrong length costs no attempt. */
export async function verifyCode(
  deps: VerifyDeps,
  ref: ChallengeRef,
  entered: Entered,
  requestId: string,
): Promise<LoginContext> {
  const { digits } = entered;
  const snapshot = await readChallenge(deps, ref);
  const attempt = attemptAt(deps, snapshot, entered, requestId);
  if (!attempt || !isWorthCharging(snapshot, attempt))
    return refuse(contextOf(deps, snapshot, await deps.users.load(ref)), digits, attempt);
  const { context, ...charge } = await charged(deps, snapshot, attempt, digits);
  if (charge.outcome === 'done') return acceptCode(deps, context, attempt);
  if (charge.outcome === 'gone') throw new Problem('code-not-sent');
  if (charge.outcome === 'over') throw await dropCode(deps, context, attempt.codeId);
  if (charge.outcome === 'full') throw await endGuessing(deps, context, attempt, charge.fullUntil);
  const looked = await look(deps, context, attempt);
  if (looked.outcome === 'right') return acceptCode(deps, looked, attempt);
  await recordWrongGuess(deps, looked, attempt);
  throw refusal('wrong', looked.challenge.attemptsRemaining);
}

/** Null when no code can be meant. The same request with other digits is another attempt. */
function attemptAt(
  { codes }: Pick<Deps, 'codes'>,
  { challenge: { id, code } }: ChallengeSnapshot,
  { digits, remember }: Entered,
  requestId: string,
): Attempt | null {
  if (!code || digits.length !== code.length) return null;
  const made = codes.mac(digits, bindingOf(id, code), code.keyId);
  if (!made) return null;
  const { mac } = made;
  const attemptId = hash('sha256', JSON.stringify([requestId, code.id, mac]), 'base64url');
  return { code, codeId: code.id, mac, attemptId, tryId: randomUUID(), remember };
}

function isWorthCharging(snapshot: ChallengeSnapshot, attempt: Attempt): boolean {
  return snapshot.challenge.outcome === null && uselessness(snapshot, attempt) === null;
}

/** @throws Problem when the user's factors or locks forbid the look. The charge is given back then. */
async function charged(
  deps: VerifyDeps,
  snapshot: ChallengeSnapshot,
  attempt: Attempt,
  digits: string,
): Promise<ChargeOutcome & { context: LoginContext }> {
  const { user, ...charge } = await chargeGuess(deps, snapshot.challenge, attempt);
  const context = contextOf(deps, snapshot, user);
  try {
    requireGuessable(context, digits, attempt);
  } catch (problem) {
    if (charge.outcome === 'charged') await giveBackGuess(deps, snapshot.challenge, attempt);
    throw problem;
  }
  return { ...charge, context };
}

function refuse(context: LoginContext, digits: string, attempt: Attempt | null): never {
  requireGuessable(context, digits, attempt);
  throw new Problem('code-not-sent');
}

/** An attempt that was right before goes on. @throws Problem that says why no look is due. */
function requireGuessable(context: LoginContext, digits: string, attempt: Attempt | null): void {
  assertAllowed(context, 'verify');
  const code = codeInPlay(context);
  if (!code) throw unlessLocked(context, new Problem('code-not-sent'));
  requireLength(digits, code.length);
  if (!attempt) throw new Problem('code-not-sent');
  const useless = uselessness(context, attempt);
  if (!useless) return;
  const problem = refusal(useless, context.challenge.attemptsRemaining);
  throw useless === 'taken' ? problem : unlessLocked(context, problem);
}

function requireLength(digits: string, length: number): void {
  if (digits.length === length) return;
  const errors = [{ pointer: '/code', detail: `must be ${length} digits` }];
  throw new Problem('invalid-request', { errors });
}

function uselessness(
  { challenge, now }: ChallengeSnapshot,
  { code, attemptId }: Attempt,
): 'taken' | 'expired' | 'exhausted' | null {
  const { proof, attemptsRemaining } = challenge;
  if (proof?.codeId === code.id) {
    if (proof.attemptId === attemptId) return null;
    if (now < proof.at + proofLeaseMs) return 'taken';
  }
  if (now >= code.expiresAt) return 'expired';
  return attemptsRemaining > 0 ? null : 'exhausted';
}

/** A new code does not help a locked user: say when to retry. */
function unlessLocked(context: LoginContext, problem: Problem): Problem {
  return isLocked(context) ? lockedProblem(context) : problem;
}

type Looked = LoginContext & { outcome: 'right' | 'wrong' };

/** @throws Problem when nothing was compared. The charge is given back then. */
async function look(deps: VerifyDeps, context: LoginContext, attempt: Attempt): Promise<Looked> {
  const { codeId, mac, attemptId } = attempt;
  const { challenge } = context;
  // Without an answer, the code may have been compared: the charge stays.
  const looked = await deps.challenges.look(challenge, { codeId, mac, attemptId });
  if (looked?.outcome === 'right' || looked?.outcome === 'wrong')
    return { ...context, ...looked, outcome: looked.outcome };
  await giveBackGuess(deps, challenge, attempt);
  if (!looked) throw new Problem('challenge-expired');
  throw refusal(looked.outcome, looked.challenge.attemptsRemaining);
}

function refusal(outcome: LookOutcome, attemptsRemaining: number): Problem {
  if (outcome === 'taken') return new Problem('request-in-progress', { retryAfterMs: second });
  if (outcome === 'expired') return new Problem('code-expired');
  if (outcome === 'superseded') return new Problem('code-not-sent');
  if (outcome === 'wrong' && attemptsRemaining > 0)
    return new Problem('code-incorrect', { attemptsRemaining });
  return new Problem('attempts-exhausted', { attemptsRemaining: 0, retryAfterMs: 0 });
}
