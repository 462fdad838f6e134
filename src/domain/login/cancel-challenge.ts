import { inChallenge } from '../audit/audit.ts';
import type { ChallengeRef } from '../challenge/challenge.ts';
import { assertAllowed, type Code } from '../challenge/challenge.ts';
import { openChallenge, updateChallenge } from '../challenge/open-challenge.ts';
import type { Deps } from '../ports.ts';
import { hangUp } from '../sending/hang-up.ts';

/** "UITLOGGEN": ends the challenge, and with it whatever in it was not confirmed yet. */
export async function cancelChallenge(deps: Deps, ref: ChallengeRef): Promise<void> {
  const before = await openChallenge(deps, ref);
  assertAllowed(before, 'cancel');
  if (before.challenge.outcome) return;
  // In the trail first: once it is over, any replica may say so.
  await deps.trail.record(inChallenge(before.challenge, 'challenge.cancelled', { reason: 'user' }));
  let dropped: Code | null = null;
  await updateChallenge(deps, before, (current) => {
    assertAllowed(current, 'cancel');
    if (current.challenge.outcome) return null;
    dropped = current.challenge.code;
    return { outcome: 'cancelled', code: null, pending: null };
  });
  if (dropped) hangUp(deps, dropped);
}
