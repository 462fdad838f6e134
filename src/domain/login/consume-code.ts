import type { Challenge, ChallengeSnapshot, Proof } from '../challenge/challenge.ts';
import { updateChallenge } from '../challenge/open-challenge.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';

/** A right guess that is being acted on: at which code, by which attempt. */
export type Claim = Pick<Proof, 'codeId' | 'by'>;

/**
 * Uses a code up for good, whatever the store of challenges forgets.
 *
 * @param spend says whether it was this attempt that used it up.
 * @throws Problem `code-not-sent` when another attempt had used it up: it came back from the past, and
 *   is taken out of play, so that a new one may be asked for at once.
 */
export async function consumeCode(
  deps: Deps,
  seen: ChallengeSnapshot,
  { codeId, by }: Claim,
  spend: (id: string, by: string) => Promise<boolean>,
): Promise<void> {
  if (await spend(codeId, by)) return;
  await updateChallenge(deps, seen, ({ challenge: { code } }) =>
    code?.id === codeId ? { code: null, proof: null } : null,
  );
  throw new Problem('code-not-sent');
}

/**
 * Whether a right guess still counts: after its time another may have taken its place.
 *
 * @throws Problem `challenge-finished`, or `code-not-sent`.
 */
export function requireOpen({ outcome, proof }: Challenge, claim: Claim | null): void {
  if (outcome) throw new Problem('challenge-finished');
  if (claim && proof?.by !== claim.by) throw new Problem('code-not-sent');
}
