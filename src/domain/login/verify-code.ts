import { createHash, randomUUID } from 'node:crypto';
import type { ChallengeRef, LoginContext } from '../challenge/challenge.ts';
import { bindingOf, codeInPlay } from '../challenge/code-in-play.ts';
import { proofLeaseMs } from '../challenge/limits.ts';
import { type OpenDeps, openChallenge } from '../challenge/open-challenge.ts';
import { assertAllowed, isLocked, lockedProblem } from '../challenge/stage.ts';
import type { Deps, LookOutcome } from '../ports.ts';
import { Problem } from '../problems.ts';
import { second } from '../time.ts';
import { type AcceptDeps, acceptCode } from './accept-code.ts';
import { dropCode } from './approve.ts';
import {
  type Attempt,
  chargeGuess,
  type GuessDeps,
  giveBackGuess,
  recordWrongGuess,
} from './guess-account.ts';

type VerifyDeps = OpenDeps & GuessDeps & AcceptDeps & Pick<Deps, 'codes'>;

/** Charges the guess, then compares it: no failure gives a free look. A wrong length costs no attempt. */
export async function verifyCode(
  deps: VerifyDeps,
  ref: ChallengeRef,
  digits: string,
  requestId: string,
): Promise<LoginContext> {
  const context = await openChallenge(deps, ref);
  assertAllowed(context, 'verify');
  const attempt = attemptAt(deps, context, digits, requestId);
  refuseUseless(context, attempt);
  const charge = await chargeGuess(deps, context, attempt);
  if (charge.outcome === 'done') return acceptCode(deps, context, attempt);
  if (charge.outcome === 'gone') throw new Problem('code-not-sent');
  if (charge.outcome === 'over') throw await dropCode(deps, context, attempt.codeId);
  const looked = await look(deps, context, attempt);
  if (looked.outcome === 'right') return acceptCode(deps, looked, attempt);
  await recordWrongGuess(deps, looked, attempt);
  throw refusal('wrong', looked.challenge.attemptsRemaining);
}

/** The same request with other digits is another attempt. */
function attemptAt(
  { codes }: Pick<Deps, 'codes'>,
  context: LoginContext,
  digits: string,
  requestId: string,
): Attempt {
  const code = codeInPlay(context);
  if (!code) throw unlessLocked(context, new Problem('code-not-sent'));
  requireLength(digits, code.length);
  const binding = bindingOf(context.challenge.id, code);
  const made = codes.mac(digits, binding, code.keyId);
  if (!made) throw new Problem('code-not-sent');
  const { mac } = made;
  const attemptId = createHash('sha256')
    .update(JSON.stringify([requestId, code.id, mac]))
    .digest('base64url');
  return { code, codeId: code.id, mac, attemptId, tryId: randomUUID() };
}

function requireLength(digits: string, length: number): void {
  if (digits.length === length) return;
  const errors = [{ pointer: '/code', detail: `must be ${length} digits` }];
  throw new Problem('invalid-request', { errors });
}

/** Refuses what cannot succeed before it is charged. An attempt that was right before goes on. */
function refuseUseless(context: LoginContext, { code, attemptId }: Attempt): void {
  const { proof, attemptsRemaining } = context.challenge;
  if (proof?.codeId === code.id) {
    if (proof.attemptId === attemptId) return;
    if (context.now < proof.at + proofLeaseMs) throw refusal('taken', attemptsRemaining);
  }
  if (context.now >= code.expiresAt)
    throw unlessLocked(context, refusal('expired', attemptsRemaining));
  if (attemptsRemaining <= 0) throw unlessLocked(context, refusal('exhausted', attemptsRemaining));
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
  await giveBackGuess(deps, context, attempt);
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
