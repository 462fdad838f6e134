import type { ChallengeRef } from '../challenge/challenge.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';

type Redemption = {
  /** The token's `jti`. Its text could be changed and still verify. */
  resultId: string;
  client: string;
  /** A result of another purpose is not used up. */
  purpose: string;
  attemptId: string;
};

/** Redeems a result, once. @throws Problem `result-invalid`, or `result-already-redeemed`. */
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
  // Nobody waits for it: PostgreSQL has the truth.
  deps.challenges.hideResult(ref, redemption.attemptId).catch((err: unknown) => {
    deps.log.warn({ err, challengeId: ref.id }, 'not noted as redeemed');
  });
}
