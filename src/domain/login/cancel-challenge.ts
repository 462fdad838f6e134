import { inChallenge } from '../audit/audit.ts';
import type { ChallengeRef, Code } from '../challenge/challenge.ts';
import { afterEnd } from '../challenge/new-challenge.ts';
import { type OpenDeps, openChallenge, updateChallenge } from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type HangUpDeps, hangUp } from '../sending/hang-up.ts';

export type CancelDeps = OpenDeps & HangUpDeps & Pick<Deps, 'outcomes'>;

/** "UITLOGGEN": ends the challenge, with what was not confirmed in it. */
export async function cancelChallenge(
  deps: CancelDeps,
  ref: ChallengeRef,
  reason: 'user' | 'replaced' = 'user',
): Promise<void> {
  const { challenge, ...before } = await openChallenge(deps, ref);
  assertAllowed({ challenge, ...before }, 'cancel');
  if (challenge.outcome) return;
  // PostgreSQL first: Redis may bring back an old challenge after a failover.
  const entry = inChallenge(challenge, 'challenge.cancelled', { reason });
  if (!(await deps.outcomes.cancel(challenge, entry))) throw new Problem('challenge-finished');
  let dropped: Code | null = null;
  await updateChallenge(
    deps,
    { challenge, ...before },
    (current) => {
      if (current.challenge.outcome) return null;
      dropped = current.challenge.code;
      const endReason = reason === 'user' ? 'user' : 'withdrawn';
      return { ...afterEnd, outcome: 'cancelled', endReason };
    },
    () => ({ ends: true }),
  );
  if (dropped) hangUp(deps, dropped);
}
