import { approve } from './approve.ts';
import { inChallenge } from './audit.ts';
import { permit, type Situation } from './challenge.ts';
import { enrolmentOf } from './enrolment.ts';
import { openChallenge } from './open-challenge.ts';
import type { ChallengeRef, Deps } from './ports.ts';
import { Problem } from './problems.ts';

/** "Een andere keer": passes over the step that is asked, where that is allowed, and lets in. */
export async function skipEnrolment(deps: Deps, ref: ChallengeRef): Promise<Situation> {
  const situation = await openChallenge(deps, ref);
  permit(situation, 'skip');
  const enrolment = enrolmentOf(situation, deps.settings);
  if (!enrolment?.skippable) throw new Problem('enrolment-required');
  await deps.directory.recordSkip(situation.user, enrolment.step);
  const skipped = inChallenge(situation.challenge, 'enrolment.skipped', { step: enrolment.step });
  await deps.trail.record(skipped);
  return approve(deps, situation, situation.challenge.verified);
}
