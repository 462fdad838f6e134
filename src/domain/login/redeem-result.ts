import type { ChallengeRef } from '../challenge/challenge.ts';
import { updateChallenge } from '../challenge/open-challenge.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';

type Redemption = {
  /** The token's `jti`, never its text, which can be changed without breaking it. */
  resultId: string;
  client: string;
  /** What the caller asked for: a result of another purpose is not used up. */
  purpose: string;
  /** Names the attempt: the same one again hears the same. */
  attemptId: string;
};

/**
 * Redeems a result: for exactly one attempt, by what PostgreSQL knows of the approval.
 *
 * @throws Problem `result-invalid`, or `result-already-redeemed`.
 */
export async function redeemResult(
  deps: Pick<Deps, 'outcomes' | 'challenges' | 'log'>,
  ref: ChallengeRef,
  redemption: Redemption,
): Promise<void> {
  const { id: challengeId, organizationId, userId } = ref;
  const result = { challengeId, organizationId, userId, ...redemption };
  const outcome = await deps.outcomes.redeem(result);
  if (outcome === 'invalid') throw new Problem('result-invalid');
  if (outcome === 'already-redeemed') throw new Problem('result-already-redeemed');
  await hideResult(deps, ref, redemption.attemptId).catch((err: unknown) => {
    deps.log.warn({ err, challengeId: ref.id }, 'not noted as redeemed');
  });
}

/** Screens show a result no more once it is redeemed. */
async function hideResult(
  deps: Pick<Deps, 'challenges'>,
  ref: ChallengeRef,
  redeemedBy: string,
): Promise<void> {
  const snapshot = await deps.challenges.read(ref);
  if (snapshot) await updateChallenge(deps, snapshot, () => ({ redeemedBy }));
}
