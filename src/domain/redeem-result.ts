import { settle } from './open-challenge.ts';
import type { ChallengeRef, Deps } from './ports.ts';
import { Problem } from './problems.ts';

/**
 * Uses up a result: true to exactly one caller.
 *
 * @param resultId the token's own id, never its text, which can be changed without breaking it.
 * @throws Problem `result-invalid`, or `result-already-redeemed`.
 */
export async function redeemResult(
  deps: Deps,
  ref: ChallengeRef,
  { resultId, client }: { resultId: string; client: string },
): Promise<void> {
  const seen = await deps.challenges.read(ref);
  const approval = seen?.challenge.approval;
  const valid =
    approval?.resultId === resultId &&
    seen?.challenge.client === client &&
    seen.now < approval.resultExpiresAt;
  if (!seen || !valid) throw new Problem('result-invalid');
  await settle(deps, seen, ({ challenge }) => {
    if (challenge.redeemed) throw new Problem('result-already-redeemed');
    return { redeemed: true };
  });
}
