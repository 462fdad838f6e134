import type { Caller } from '../audit/audit.ts';
import { strangersLane, type VerifiedFactor } from '../challenge/challenge.ts';
import { approvalMemoryMs } from '../challenge/limits.ts';
import type { User, UserKey } from '../people.ts';
import type { Deps, StoredApproval } from '../ports.ts';
import { Problem } from '../problems.ts';

/** Who asks for a change of a user's factors, and the challenge they say they were approved in. */
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
 * Asks for a second factor proved a moment ago: a stolen password must not be enough to add a phone
 * or take one away. A user without factors has nothing to prove it with.
 *
 * @returns what the challenge proved; null when there was nothing to prove.
 * @throws Problem `step-up-required`.
 */
export async function requireStepUp(
  { outcomes }: Pick<Deps, 'outcomes'>,
  user: User,
  caller: FactorCaller,
): Promise<VerifiedFactor | null> {
  if (user.factors.length === 0) return null;
  const approval = caller.challengeId ? await outcomes.findApproval(caller.challengeId) : null;
  const proved = approval && provedIn(approval, user, caller.client);
  const stillActive = user.factors.some(({ id }) => id === proved?.factorId);
  if (!proved || !stillActive) throw new Problem('step-up-required');
  return proved;
}

/** The factor that an approval proved for this user and client not long ago; null when it proved none. */
function provedIn(approval: StoredApproval, user: User, client: string): VerifiedFactor | null {
  const theirs =
    approval.organizationId === user.organizationId &&
    approval.userId === user.userId &&
    approval.client === client;
  const locked = approval.lane === strangersLane && user.lockedUntil !== null;
  // A challenge that confirmed a new factor proves that factor alone, not the ones before it.
  const proves = approval.purpose !== 'factor' && approval.ageMs <= approvalMemoryMs;
  return theirs && proves && !locked ? approval.verified : null;
}
