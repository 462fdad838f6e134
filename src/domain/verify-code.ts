import { approve } from './approve.ts';
import { type Code, codeInPlay, permit, type Situation } from './challenge.ts';
import { asksForBackup } from './enrolment.ts';
import { openChallenge, settle } from './open-challenge.ts';
import type { ChallengeRef, Deps, GuessOutcome } from './ports.ts';
import { Problem } from './problems.ts';

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
  const binding = { challengeId: ref.id, codeId: inPlay.id, factorId: inPlay.factorId };
  const mac = deps.codes.mac(code, binding, inPlay.keyId);
  if (!mac) throw new Problem('code-not-sent');
  const guess = await deps.challenges.guess(ref, { codeId: inPlay.id, mac: mac.mac });
  if (!guess) throw new Problem('challenge-expired');
  const { outcome, ...seen } = guess;
  if (outcome !== 'right') throw refusal(outcome, seen.challenge.attemptsRemaining);
  return accept(deps, { ...situation, ...seen }, inPlay);
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
  const confirmed = await confirmPending(deps, situation, code);
  const verified = confirmed.challenge.verified ?? code.method;
  if (!asksForBackup(confirmed.challenge, confirmed.user, deps.settings))
    return approve(deps, confirmed, verified);
  return settle(deps, confirmed, ({ challenge: { outcome } }) => {
    if (outcome) throw new Problem('challenge-finished');
    return { verified, pending: null };
  });
}

/** Makes the factor active that this code was sent to, when it was one being set up. */
async function confirmPending(deps: Deps, situation: Situation, code: Code): Promise<Situation> {
  const { challenge, user } = situation;
  const { pending } = challenge;
  if (pending?.id !== code.factorId) return situation;
  const outcome = await deps.directory.confirmFactor(user, {
    factor: pending,
    device: challenge.device,
    alreadyVerified: challenge.verified !== null,
  });
  if (outcome !== 'confirmed') {
    await settle(deps, situation, () => ({ pending: null }));
    throw new Problem(outcome);
  }
  return { ...situation, user: await deps.directory.loadUser(user) };
}
