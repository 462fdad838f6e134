import type { Caller } from '../audit/audit.ts';
import {
  approvalMemoryMs,
  type Challenge,
  type ChallengeSnapshot,
} from '../challenge/challenge.ts';
import type { User, UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';

/** Who asks for a change of a user's factors, and the challenge they say they were approved in. */
export type FactorCaller = Caller & { challengeId: string | null };

/** The factor that a challenge proved, as the challenge keeps it. */
export type ProvedFactor = Pick<Challenge, 'verified' | 'verifiedFactorId'>;

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
  { challenges }: Pick<Deps, 'challenges'>,
  user: User,
  caller: FactorCaller,
): Promise<ProvedFactor | null> {
  if (user.factors.length === 0) return null;
  const { organizationId, userId } = user;
  const { challengeId: id, client } = caller;
  const snapshot = id ? await challenges.read({ organizationId, userId, id }) : null;
  const proved = snapshot && provedIn(snapshot, client);
  const stillActive = user.factors.some((factor) => factor.id === proved?.verifiedFactorId);
  const locked = snapshot && Number(user.lockedUntil) > snapshot.now;
  if (!proved || !stillActive || locked) throw new Problem('step-up-required');
  return proved;
}

/** The factor that a challenge proved for this client not long ago; null when it proved none. */
function provedIn({ challenge, now }: ChallengeSnapshot, client: string): ProvedFactor | null {
  const { approval, verified, verifiedFactorId, purpose } = challenge;
  const recent = approval && now - approval.at <= approvalMemoryMs;
  // A challenge that confirmed a new factor proves that factor alone, not the ones before it.
  if (!recent || challenge.client !== client || purpose === 'factor') return null;
  return { verified, verifiedFactorId };
}
