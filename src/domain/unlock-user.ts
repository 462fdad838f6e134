import { byCaller, type Caller } from './audit.ts';
import type { Deps, UserKey } from './ports.ts';

/** Lets a user who is locked try again at once. */
export async function unlockUser(deps: Deps, key: UserKey, caller: Caller): Promise<void> {
  await deps.directory.unlock(key);
  await deps.challenges.clearAccount(key);
  await deps.trail.record(byCaller(caller, key, 'user.unlocked'));
}
