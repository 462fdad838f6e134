import type { UserKey } from '../../../domain/people.ts';
import { effectivePolicy } from '../../../domain/policy.ts';
import type { Deps } from '../../../domain/ports.ts';
import { presentUser } from '../../schemas/user-schema.ts';

/** The user as a backend sees them. */
export async function readUser(deps: Pick<Deps, 'users' | 'recoverySecrets'>, key: UserKey) {
  const [user, recoveryCodes] = await Promise.all([
    deps.users.load(key),
    deps.recoverySecrets.countCodes(key),
  ]);
  return presentUser(user, effectivePolicy(user), recoveryCodes);
}
