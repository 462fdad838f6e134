import { modeOf } from '../mode.ts';
import type { UserKey } from '../people.ts';
import type { BudgetName, Deps } from '../ports.ts';

/** The name of a lane of a user in budgets and lines. */
export function laneSubject(
  { fingerprint }: Pick<Deps, 'fingerprint'>,
  { organizationId, userId }: UserKey,
  lane: string,
): string {
  // A keyed hash: it outlives the user by a day and must not name them.
  return fingerprint(`${organizationId}\0${userId}\0${lane}`);
}

/** Whose budgets of a lane are. */
export function laneOwner(
  deps: Pick<Deps, 'fingerprint'>,
  user: UserKey,
  lane: string,
): Pick<BudgetName, 'subject'> & { user: UserKey } {
  return { user, subject: laneSubject(deps, user, lane) };
}

/** All callers share a number. A test number is each organization's own: trials do not disturb each other. */
export function numberSubject(
  { fingerprint }: Pick<Deps, 'fingerprint'>,
  { organizationId }: UserKey,
  number: string,
): string {
  return fingerprint(modeOf(organizationId) === 'test' ? `${organizationId}\0${number}` : number);
}
