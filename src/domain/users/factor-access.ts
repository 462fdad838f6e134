import type { Caller } from '../audit/audit.ts';
import { isSignIn, strangersLane, type VerifiedFactor } from '../challenge/challenge.ts';
import { approvalMemoryMs } from '../challenge/limits.ts';
import type { User, UserKey } from '../people.ts';
import { needsFirstPass } from '../policy.ts';
import type { Deps, StoredApproval } from '../ports.ts';
import { Problem } from '../problems.ts';

export type FactorCaller = Caller & { challengeId: string | null };

export function isOwner(caller: Caller, user: UserKey): boolean {
  return caller.actor === user.userId;
}

/** "Alleen toegankelijk voor de gebruiker die zichzelf inlogt". */
export function requireOwner(caller: Caller, user: UserKey): void {
  if (!isOwner(caller, user)) throw new Problem('actor-not-owner');
}

export function requireOwnerOrAdmin(caller: Caller, user: UserKey): void {
  if (!caller.admin) requireOwner(caller, user);
}

/** What a challenge proved, and in which lane it was. */
export type StepUp = { verified: VerifiedFactor; lane: string };

/** A stolen password must not add or remove a phone. Null: no factors. @throws Problem `step-up-required`. */
export async function requireStepUp(
  { outcomes }: Pick<Deps, 'outcomes'>,
  user: User,
  caller: FactorCaller,
): Promise<StepUp | null> {
  if (user.factors.length === 0 && !needsFirstPass(user)) return null;
  const approval = caller.challengeId ? await outcomes.findApproval(caller.challengeId) : null;
  const proved = approval && provedIn(approval, user, caller.client);
  const stillActive = user.factors.some(({ id }) => id === proved?.factorId);
  if (!proved || !(stillActive || proved.factorId === null)) throw new Problem('step-up-required');
  return { verified: proved, lane: approval.lane };
}

function provedIn(
  approval: StoredApproval,
  user: User,
  client: string | null,
): VerifiedFactor | null {
  const theirs =
    approval.organizationId === user.organizationId &&
    approval.userId === user.userId &&
    approval.client === client;
  // A pass and a recovery code prove a locked user too.
  const byCode = approval.verified?.factorId !== null;
  const locked = byCode && approval.lane === strangersLane && user.lockedUntil !== null;
  // A challenge that confirmed a new factor proves only that factor, and an edit ends with what it changed.
  const proves = isSignIn(approval) && approval.ageMs <= approvalMemoryMs;
  return theirs && proves && !locked ? approval.verified : null;
}
