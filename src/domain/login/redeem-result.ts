import type { ChallengeRef } from '../challenge/challenge.ts';
import { updateChallenge } from '../challenge/open-challenge.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';

/**
 * Uses up a result: true to exactly one caller, also when the store of challenges forgets.
 *
 * @param by names the attempt: the same one that comes again is told the same.
 * @param resultId the token's own id, never its text, which can be changed without breaking it.
 * @throws Problem `result-invalid`, or `result-already-redeemed`.
 */
export async function redeemResult(
  deps: Deps,
  ref: ChallengeRef,
  { resultId, client, by }: { resultId: string; client: string; by: string },
): Promise<void> {
  const seen = await deps.challenges.read(ref);
  const approval = seen?.challenge.approval;
  const valid =
    approval?.resultId === resultId &&
    seen?.challenge.client === client &&
    seen.now < approval.resultExpiresAt;
  if (!seen || !valid) throw new Problem('result-invalid');
  if (!(await deps.consumedIds.spend(resultId, by))) throw new Problem('result-already-redeemed');
  // For screens alone, which are not shown it any more.
  await updateChallenge(deps, seen, () => ({ redeemedBy: by })).catch((err: unknown) => {
    deps.log.warn({ err, challengeId: ref.id }, 'not noted as redeemed');
  });
}
