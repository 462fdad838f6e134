import { byCaller, type Caller } from '../audit/audit.ts';
import { lanesOf } from '../challenge/lane.ts';
import type { UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { type BudgetDeps, clearCodeBudgets } from '../sending/sending-budgets.ts';

/** Lifts a lock and forgets the counted codes, in every lane. */
export async function unlockUser(
  deps: BudgetDeps & Pick<Deps, 'users' | 'guessAccounts'>,
  key: UserKey,
  caller: Caller,
): Promise<void> {
  await deps.guessAccounts.clear(key, byCaller(caller, key, 'user.unlocked'));
  await clearCodeBudgets(deps, key, lanesOf(await deps.users.load(key)));
}
