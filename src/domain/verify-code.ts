import { approve } from './approve.ts';
import { inChallenge } from './audit.ts';
import {
  bindingOf,
  type Code,
  codeInPlay,
  type PendingFactor,
  permit,
  type Situation,
} from './challenge.ts';
import { asksForBackup } from './enrolment.ts';
import { factorKind } from './factors/index.ts';
import { chargeWrongGuess } from './guess-account.ts';
import { openChallenge, settle, situationOf } from './open-challenge.ts';
import type { ChallengeRef, Deps, GuessOutcome } from './ports.ts';
import { Problem } from './problems.ts';
import { tellDevices } from './tell-devices.ts';

/**
 * Looks at a code once. A right one proves its factor and moves the challenge on; it is used up
 * before anything else happens, so that whatever fails afterwards costs a new code, never a second
 * success.
 *
 * @param code the digits as typed; another length than asked for costs no attempt.
 */
export async function verifyCode(deps: Deps, ref: ChallengeRef, code: string): Promise<Situation> {
  const situation = await openChallenge(deps, ref);
  permit(situation, 'verify');
  const inPlay = codeInPlay(situation);
  if (!inPlay) throw new Problem('code-not-sent');
  requireLength(code, inPlay.length);
  const mac = deps.codes.mac(code, bindingOf(ref.id, inPlay), inPlay.keyId);
  if (!mac) throw new Problem('code-not-sent');
  const { guessLimits } = deps.settings;
  const guess = await deps.challenges.guess(ref, { codeId: inPlay.id, mac: mac.mac }, guessLimits);
  if (!guess) throw new Problem('challenge-expired');
  const { outcome, ...seen } = guess;
  const looked = { ...situation, ...seen };
  if (outcome === 'right') return accept(deps, looked, inPlay);
  if (outcome === 'wrong') await chargeWrongGuess(deps, looked, inPlay);
  throw refusal(outcome, seen.challenge.attemptsRemaining);
}

function requireLength(code: string, length: number): void {
  if (code.length === length) return;
  const errors = [{ pointer: '/code', detail: `must be ${length} digits` }];
  throw new Problem('invalid-request', { errors });
}

function refusal(outcome: Exclude<GuessOutcome, 'right'>, attemptsRemaining: number): Problem {
  if (outcome === 'expired') return new Problem('code-expired');
  if (outcome === 'superseded') return new Problem('code-not-sent');
  if (outcome === 'wrong' && attemptsRemaining > 0)
    return new Problem('code-incorrect', { attemptsRemaining });
  return new Problem('attempts-exhausted', { attemptsRemaining: 0, retryAfterSeconds: 0 });
}

async function accept(deps: Deps, situation: Situation, code: Code): Promise<Situation> {
  const proved = await proveFactor(deps, situation, code);
  const verified = proved.challenge.verified ?? code.method;
  if (!asksForBackup(proved.challenge, proved.user, deps.settings))
    return approve(deps, proved, verified);
  return settle(deps, proved, ({ challenge: { outcome } }) => {
    if (outcome) throw new Problem('challenge-finished');
    return { verified, pending: null };
  });
}

/** The factor that the code was made for is active when this is done, or the code was worthless. */
async function proveFactor(deps: Deps, situation: Situation, code: Code): Promise<Situation> {
  const { pending } = situation.challenge;
  if (pending?.id === code.factorId) await confirm(deps, situation, pending, code.hint);
  const user = await deps.directory.loadUser(situation.user);
  // Removed while the code was being entered: then it proves nothing any more.
  if (!user.factors.some(({ id }) => id === code.factorId)) throw new Problem('code-not-sent');
  return situationOf(deps, situation, user);
}

async function confirm(
  deps: Deps,
  situation: Situation,
  pending: PendingFactor,
  hint: string,
): Promise<void> {
  const { challenge, user } = situation;
  const outcome = await deps.directory.confirmFactor(user, {
    factor: pending,
    device: factorKind(pending.method).reachesDevices ? challenge.device : null,
    alreadyVerified: challenge.verified !== null,
  });
  if (outcome !== 'confirmed') {
    await settle(deps, situation, () => ({ pending: null }));
    throw new Problem(outcome);
  }
  const details = { method: pending.method, hint, factorId: pending.id };
  await deps.trail.record(inChallenge(challenge, 'factor.added', details));
  tellDevices(deps, user, { about: 'factor-added', hint });
}
