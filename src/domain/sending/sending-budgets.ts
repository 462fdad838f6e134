import { type LoginContext, strangersLane } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { factorKind } from '../factors/index.ts';
import type { UserKey } from '../people.ts';
import type { Budget, Deps, SendingLimits } from '../ports.ts';
import { Problem } from '../problems.ts';
import { day, hour, minute } from '../time.ts';

/** Each lane of a user has budgets of its own. */
const userBudgets = (limits: SendingLimits, subject: string): Budget[] => [
  { ...unapproved(subject), limit: limits.userUnapprovedPerQuarter, windowMs: 15 * minute },
  { name: 'user-hour', subject, limit: limits.userPerHour, windowMs: hour },
  { name: 'user-day', subject, limit: limits.userPerDay, windowMs: day },
];
const organizationBudgets = (limits: SendingLimits, subject: string): Budget[] => [
  { name: 'organization-hour', subject, limit: limits.organizationPerHour, windowMs: hour },
  { name: 'organization-day', subject, limit: limits.organizationPerDay, windowMs: day },
];
const pendingNumberBudgets = (limits: SendingLimits, subject: string): Budget[] => [
  { name: 'pending-number-hour', subject, limit: limits.pendingNumberPerHour, windowMs: hour },
  { name: 'pending-number-day', subject, limit: limits.pendingNumberPerDay, windowMs: day },
];

/** Codes that led to no approval: an approval gives them back. */
const unapproved = (subject: string) => ({ name: 'user-unapproved', subject });

export type BudgetDeps = Pick<Deps, 'quotas' | 'settings' | 'fingerprint'>;

/** What one code took. */
export type TakenBudgets = {
  /** For a code that surely reached no provider. */
  giveBack(): Promise<void>;
};

/** @throws Problem `too-many-requests`, with nothing taken. */
export async function takeBudgets(
  deps: BudgetDeps,
  context: LoginContext,
  target: Target,
  codeId: string,
): Promise<TakenBudgets> {
  const budgets = budgetsFor(deps, context, target);
  const waitMs = await deps.quotas.take(budgets, codeId);
  if (waitMs !== null) throw new Problem('too-many-requests', { retryAfterMs: waitMs });
  return { giveBack: () => deps.quotas.giveBack(budgets, [codeId]) };
}

/** For codes of a challenge that was approved. */
export async function giveBackUnapproved(
  deps: Pick<Deps, 'quotas' | 'fingerprint'>,
  { challenge, user }: LoginContext,
): Promise<void> {
  const own = unapproved(laneSubject(deps, user, challenge.lane));
  await deps.quotas.giveBack([own], challenge.codeIds);
}

/** Forgets every code that was counted in these lanes of the user, as an unlock does. */
export async function clearCodeBudgets(
  deps: BudgetDeps,
  user: UserKey,
  lanes: readonly string[] = [strangersLane],
): Promise<void> {
  const limits = deps.settings.sending;
  await deps.quotas.clear(
    lanes.flatMap((lane) => userBudgets(limits, laneSubject(deps, user, lane))),
  );
}

/** Whose call it is: what two codes of one user in one lane have in common. */
export function laneSubject(
  { fingerprint }: Pick<Deps, 'fingerprint'>,
  { organizationId, userId }: UserKey,
  lane: string,
): string {
  // Hashed with a key: it may outlive the user by a day, and must not tell who it was.
  return fingerprint(`${organizationId}\0${userId}\0${lane}`);
}

function budgetsFor(deps: BudgetDeps, { challenge, user }: LoginContext, target: Target): Budget[] {
  const limits = deps.settings.sending;
  const own = userBudgets(limits, laneSubject(deps, user, challenge.lane));
  const people = [...own, ...organizationBudgets(limits, user.organizationId)];
  // A number that somebody only typed may be anyone's: all users share what it bears.
  const confirming = !user.factors.some(({ id }) => id === target.id);
  if (factorKind(target.method).reachesDevices || !confirming) return people;
  return [...people, ...pendingNumberBudgets(limits, deps.fingerprint(target.address))];
}
