import type { ChallengeRef } from '../challenge/challenge.ts';
import { openChallenge } from '../challenge/open-challenge.ts';
import type { User } from '../people.ts';
import { Problem } from '../problems.ts';
import { type CancelDeps, cancelChallenge } from './cancel-challenge.ts';
import { dropPending } from './drop-pending.ts';

/** One addition of a user at a time: a new one ends the previous one and its call. */
export async function beginAddition(
  deps: CancelDeps,
  user: User,
  challengeId: string,
): Promise<void> {
  if (!user.known) await deps.users.ensure(user);
  const id = await deps.users.beginAddition(user, challengeId);
  if (!id || id === challengeId) return;
  const { organizationId, userId } = user;
  await endAddition(deps, { organizationId, userId, id }).catch((error: unknown) => {
    const over = ['challenge-expired', 'challenge-finished'] as const;
    if (!over.some((name) => Problem.is(error, name))) throw error;
  });
}

/** An edit goes on without what was not confirmed in it. */
async function endAddition(deps: CancelDeps, ref: ChallengeRef): Promise<void> {
  const context = await openChallenge(deps, ref);
  if (context.challenge.purpose === 'edit') await dropPending(deps, context);
  else await cancelChallenge(deps, ref, 'replaced');
}
