import type { ChallengeRef, LoginContext } from '../challenge/challenge.ts';
import { codeInPlay, defaultTarget, targets } from '../challenge/code-in-play.ts';
import { openChallenge } from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { issueCode, type SendingDeps } from '../sending/issue-code.ts';

/** `factorId` null: the factor in play, else the primary. @throws Problem `delivery-failed`: another may follow. */
export async function sendCode(
  deps: SendingDeps,
  ref: ChallengeRef,
  factorId: string | null,
  attemptId: string,
): Promise<LoginContext> {
  const context = await openChallenge(deps, ref);
  const sent = await issueCode(deps, context, attemptId, (current) => {
    assertAllowed(current, 'send');
    return { target: choose(deps, current, factorId) };
  });
  if (sent.challenge.code?.delivery === 'failed') throw new Problem('delivery-failed');
  return sent;
}

function choose(deps: Pick<Deps, 'settings'>, context: LoginContext, factorId: string | null) {
  const choices = targets(context);
  const find = (wanted: string | undefined) => choices.find(({ id }) => id === wanted);
  const preferred = defaultTarget(choices, context.user, deps.settings.methods);
  if (!preferred) throw new Problem('no-factor');
  if (factorId === null) return find(codeInPlay(context)?.factorId) ?? preferred;
  const target = find(factorId);
  if (!target) throw new Problem('not-found', { detail: 'The user has no such factor.' });
  return target;
}
