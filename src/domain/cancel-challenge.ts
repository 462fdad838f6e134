import { inChallenge } from './audit.ts';
import { permit } from './challenge.ts';
import { openChallenge, settle } from './open-challenge.ts';
import type { ChallengeRef, Deps } from './ports.ts';

/** "UITLOGGEN": ends the challenge, and with it whatever in it was not confirmed yet. */
export async function cancelChallenge(deps: Deps, ref: ChallengeRef): Promise<void> {
  const before = await openChallenge(deps, ref);
  const { challenge } = await settle(deps, before, (current) => {
    permit(current, 'cancel');
    if (current.challenge.outcome) return null;
    return { outcome: 'cancelled', code: null, pending: null };
  });
  if (before.challenge.outcome) return;
  await deps.trail.record(inChallenge(challenge, 'challenge.cancelled', { reason: 'user' }));
}
