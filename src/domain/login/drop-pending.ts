import type { Code, LoginContext } from '../challenge/challenge.ts';
import { updateChallenge } from '../challenge/open-challenge.ts';
import type { Deps } from '../ports.ts';
import { type HangUpDeps, hangUp } from '../sending/hang-up.ts';

/** Drops a factor that is not confirmed, with its code and its call. */
export async function dropPending(
  deps: HangUpDeps & Pick<Deps, 'challenges'>,
  context: LoginContext,
): Promise<void> {
  let dropped: Code | null = null;
  await updateChallenge(deps, context, ({ challenge: { outcome, pending, code } }) => {
    if (outcome || !pending) return null;
    dropped = code?.factorId === pending.id ? code : null;
    return { pending: null, ...(dropped && { code: null, proof: null }) };
  });
  if (dropped) hangUp(deps, dropped);
}
