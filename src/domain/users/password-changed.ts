import { byCaller } from '../audit/audit.ts';
import type { UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type FactorCaller, isOwner, requireOwnerOrAdmin, requireStepUp } from './factor-access.ts';

/** A guesser has to learn the new password first: wrong guesses no longer count, and a lock ends. */
export async function passwordChanged(
  deps: Pick<Deps, 'users' | 'outcomes' | 'guessAccounts'>,
  key: UserKey,
  caller: FactorCaller,
): Promise<void> {
  requireOwnerOrAdmin(caller, key);
  if (isOwner(caller, key)) {
    const proved = await requireStepUp(deps, await deps.users.load(key), caller);
    if (!proved) throw new Problem('step-up-required');
  }
  await deps.guessAccounts.clear(key, byCaller(caller, key, 'user.password-changed'));
}
