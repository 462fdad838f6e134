import { codeInPlay, permit, type Situation, type Target, targets } from './challenge.ts';
import { issueCode } from './issue-code.ts';
import { openChallenge } from './open-challenge.ts';
import type { ChallengeRef, Deps } from './ports.ts';
import { Problem } from './problems.ts';

/**
 * Sends a code: the first, a resend, or by another method.
 *
 * @param factorId where to; else to the factor in play, else to the primary.
 * @throws Problem `delivery-failed` when the provider did not take it: the code stays in play and
 *   another may be asked for at once.
 */
export async function sendCode(
  deps: Deps,
  ref: ChallengeRef,
  factorId: string | null,
): Promise<Situation> {
  const situation = await openChallenge(deps, ref);
  const sent = await issueCode(deps, situation, (current) => {
    permit(current, 'send');
    return { target: choose(current, factorId) };
  });
  if (sent.challenge.code?.delivery === 'failed') throw new Problem('delivery-failed');
  return sent;
}

function choose(situation: Situation, factorId: string | null): Target {
  const choices = targets(situation);
  const [first] = choices;
  if (!first) throw new Problem('no-factor');
  const find = (wanted: string | undefined) => choices.find(({ id }) => id === wanted);
  if (factorId === null)
    return find(codeInPlay(situation)?.factorId) ?? find(primaryOf(situation)) ?? first;
  const target = find(factorId);
  if (!target) throw new Problem('not-found', { detail: 'The user has no such factor.' });
  return target;
}

function primaryOf({ user }: Situation): string | undefined {
  return user.factors.find(({ role }) => role === 'primary')?.id;
}
