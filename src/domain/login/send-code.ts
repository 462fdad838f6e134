import type { ChallengeRef, LoginContext } from '../challenge/challenge.ts';
import { chosenTarget } from '../challenge/code-in-play.ts';
import { openChallenge } from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
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
    return { target: chosenTarget(current, deps.settings.methods, factorId) };
  });
  if (sent.challenge.code?.delivery === 'failed') throw new Problem('delivery-failed');
  return sent;
}
