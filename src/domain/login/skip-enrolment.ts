import type { ChallengeRef, LoginContext } from '../challenge/challenge.ts';
import { enrolmentOf } from '../challenge/enrolment.ts';
import { type OpenDeps, openChallenge } from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
import { Problem } from '../problems.ts';
import { type ApprovalDeps, approve } from './approve.ts';

/** "Een andere keer": skips the current step where that is allowed, and approves. */
export async function skipEnrolment(
  deps: OpenDeps & ApprovalDeps,
  ref: ChallengeRef,
  attemptId: string,
): Promise<LoginContext> {
  const context = await openChallenge(deps, ref);
  assertAllowed(context, 'skip');
  const enrolment = enrolmentOf(context, deps.settings);
  if (!enrolment?.skippable) throw new Problem('enrolment-required');
  const { verified } = context.challenge;
  return approve(deps, context, { attemptId, verified, skipped: enrolment.step });
}
