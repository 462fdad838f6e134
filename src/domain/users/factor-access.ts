import type { Caller } from '../audit/audit.ts';
import { approvalMemoryMs } from '../challenge/challenge.ts';
import type { User, UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';

/** Who wants to change a user's factors, and the challenge that he says he was approved in. */
export type FactorCaller = Caller & { challengeId: string | null };

/** Whether the person at the keyboard is the user that the call is about. */
export function isOwner(caller: Caller, user: UserKey): boolean {
  return caller.actor === user.userId;
}

/** "Alleen toegankelijk voor de gebruiker die zichzelf inlogt". */
export function requireOwner(caller: Caller, user: UserKey): void {
  if (!isOwner(caller, user)) throw new Problem('actor-not-owner');
}

/** The user themself, or a client that may act for others. */
export function requireOwnerOrAdmin(caller: Caller, user: UserKey): void {
  if (!caller.admin) requireOwner(caller, user);
}

/**
 * Lets through whoever proved the second factor a moment ago: a stolen password must not be enough
 * to add a phone or take one away. A user without factors has nothing to prove it with.
 *
 * @returns the method that was verified; null when there was nothing to verify.
 */
export async function requireStepUp(
  deps: Deps,
  user: User,
  caller: FactorCaller,
): Promise<string | null> {
  if (user.factors.length === 0) return null;
  const { challengeId: id } = caller;
  const seen = id ? await deps.challenges.read({ ...keyOf(user), id }) : null;
  const { approval = null, verified = null, purpose } = seen?.challenge ?? {};
  const fresh = seen && approval && seen.now - approval.at <= approvalMemoryMs;
  // One that confirmed a new factor proves that factor alone, not the ones there were before.
  if (!fresh || !verified || purpose === 'factor') throw new Problem('step-up-required');
  return verified;
}

function keyOf({ organizationId, userId }: UserKey): UserKey {
  return { organizationId, userId };
}
