import { inChallenge } from '../audit/audit.ts';
import type { ChallengeRef } from '../challenge/challenge.ts';
import {
  assertAllowed,
  bindingOf,
  type Code,
  codeInPlay,
  type LoginContext,
  type PendingFactor,
  provedFactorId,
} from '../challenge/challenge.ts';
import { asksForBackup } from '../challenge/enrolment.ts';
import { contextOf, openChallenge, updateChallenge } from '../challenge/open-challenge.ts';
import { factorKind } from '../factors/index.ts';
import type { Deps, GuessOutcome } from '../ports.ts';
import { Problem } from '../problems.ts';
import { hangUp } from '../sending/hang-up.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import { second } from '../time.ts';
import { approve } from './approve.ts';
import { type Claim, consumeCode, requireOpen } from './consume-code.ts';
import { chargeWrongGuess } from './guess-account.ts';

/**
 * Looks at a code once. A right one proves its factor and moves the challenge on. From the guess on
 * nobody else is let near the code, and it is spent before anyone is told; whoever fails in between
 * leaves it in play.
 *
 * @param code the digits as typed; another length than asked for costs no attempt.
 * @param by names the attempt: the same one that comes again is looked at once.
 */
export async function verifyCode(
  deps: Deps,
  ref: ChallengeRef,
  code: string,
  by: string,
): Promise<LoginContext> {
  const context = await openChallenge(deps, ref);
  assertAllowed(context, 'verify');
  const inPlay = codeInPlay(context);
  if (!inPlay) throw new Problem('code-not-sent');
  requireLength(code, inPlay.length);
  const mac = deps.codes.mac(code, bindingOf(ref.id, inPlay), inPlay.keyId);
  if (!mac) throw new Problem('code-not-sent');
  const { guessLimits } = deps.settings;
  const attempt = { codeId: inPlay.id, mac: mac.mac, by };
  const guess = await deps.challenges.guess(ref, attempt, guessLimits);
  if (!guess) throw new Problem('challenge-expired');
  const { outcome, ...seen } = guess;
  const looked = { ...context, ...seen };
  if (outcome === 'right') return accept(deps, looked, inPlay, by);
  if (outcome === 'wrong') await chargeWrongGuess(deps, looked, inPlay);
  throw refusal(outcome, seen.challenge.attemptsRemaining);
}

function requireLength(code: string, length: number): void {
  if (code.length === length) return;
  const errors = [{ pointer: '/code', detail: `must be ${length} digits` }];
  throw new Problem('invalid-request', { errors });
}

function refusal(outcome: Exclude<GuessOutcome, 'right'>, attemptsRemaining: number): Problem {
  if (outcome === 'taken') return new Problem('request-in-progress', { retryAfterMs: second });
  if (outcome === 'expired') return new Problem('code-expired');
  if (outcome === 'superseded') return new Problem('code-not-sent');
  if (outcome === 'wrong' && attemptsRemaining > 0)
    return new Problem('code-incorrect', { attemptsRemaining });
  return new Problem('attempts-exhausted', { attemptsRemaining: 0, retryAfterMs: 0 });
}

async function accept(
  deps: Deps,
  context: LoginContext,
  code: Code,
  by: string,
): Promise<LoginContext> {
  const proved = await proveFactor(deps, context, code);
  const verified = proved.challenge.verified ?? code.method;
  const end = asksForBackup(proved.challenge, proved.user, deps.settings) ? goOn : approve;
  const accepted = await end(deps, proved, verified, { codeId: code.id, by });
  if (code.delivery === 'ringing') hangUp(deps, code);
  return accepted;
}

/** To the step that is asked next. */
async function goOn(
  deps: Deps,
  context: LoginContext,
  verified: string,
  claim: Claim,
): Promise<LoginContext> {
  await consumeCode(deps, context, claim, deps.consumedIds.spend);
  return updateChallenge(deps, context, ({ challenge }) => {
    requireOpen(challenge, claim);
    const verifiedFactorId = provedFactorId(challenge);
    return { verified, verifiedFactorId, code: null, proof: null, pending: null };
  });
}

/** The factor that the code was made for is active when this is done, or the code was worthless. */
async function proveFactor(deps: Deps, context: LoginContext, code: Code): Promise<LoginContext> {
  const { pending } = context.challenge;
  if (pending?.id === code.factorId) await confirm(deps, context, pending, code.hint);
  const user = await deps.users.load(context.user);
  // Removed while the code was being entered: then it proves nothing any more.
  if (!user.factors.some(({ id }) => id === code.factorId)) throw new Problem('code-not-sent');
  return contextOf(deps, context, user);
}

async function confirm(
  deps: Deps,
  context: LoginContext,
  pending: PendingFactor,
  hint: string,
): Promise<void> {
  const { challenge, user } = context;
  const device = factorKind(pending.method).reachesDevices ? challenge.device : null;
  const confirmation = { factor: pending, device, alreadyVerified: challenge.verified !== null };
  const details = { method: pending.method, hint, factorId: pending.id };
  const entry = inChallenge(challenge, 'factor.added', details);
  const outcome = await deps.factors.confirm(user, confirmation, entry);
  if (outcome !== 'confirmed') {
    await updateChallenge(deps, context, () => ({ pending: null }));
    throw new Problem(outcome);
  }
  tellDevices(deps, user, { about: 'factor-added', hint });
}
