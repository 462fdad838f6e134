import { inChallenge } from './audit.ts';
import { type Code, permit } from './challenge.ts';
import { hangUp } from './hang-up.ts';
import { openChallenge, settle } from './open-challenge.ts';
import type { ChallengeRef, Deps } from './ports.ts';

/** "UITLOGGEN": ends the challenge, and with it whatever in it was not confirmed yet. */
export async function cancelChallenge(deps: Deps, ref: ChallengeRef): Promise<void> {
  const before = await openChallenge(deps, ref);
  permit(before, 'cancel');
  if (before.challenge.outcome) return;
  // In the trail first: once it is over, any replica may say so.
  await deps.trail.record(inChallenge(before.challenge, 'challenge.cancelled', { reason: 'user' }));
  let dropped: Code | null = null;
  await settle(deps, before, (current) => {
    permit(current, 'cancel');
    if (current.challenge.outcome) return null;
    dropped = current.challenge.code;
    return { outcome: 'cancelled', code: null, pending: null };
  });
  if (dropped) hangUp(deps, dropped);
}
