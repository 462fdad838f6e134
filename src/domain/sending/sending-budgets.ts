import { type LoginContext, strangersLane } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { factorKind } from '../factors/index.ts';
import type { UserKey } from '../people.ts';
import type { Budget, Deps, SendingLimits } from '../ports.ts';
import { Problem } from '../problems.ts';
import { day, hour, minute } from '../time.ts';

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

const unapproved = (subject: string) => ({ name: 'user-unapproved', subject });

export type BudgetDeps = Pick<Deps, 'quotas' | 'settings' | 'fingerprint'>;

export type TakenBudgets = {
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

export async function giveBackUnapproved(
  deps: Pick<Deps, 'quotas' | 'fingerprint'>,
  { challenge, user }: LoginContext,
): Promise<void> {
  const own = unapproved(laneSubject(deps, user, challenge.lane));
  await deps.quotas.giveBack([own], challenge.codeIds);
}

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

export function laneSubject(
  { fingerprint }: Pick<Deps, 'fingerprint'>,
  { organizationId, userId }: UserKey,
  lane: string,
): string {
  // A keyed hash: it outlives the user by a day and must not name them.
  return fingerprint(`${organizationId}\0${userId}\0${lane}`);
}

function budgetsFor(deps: BudgetDeps, { challenge, user }: LoginContext, target: Target): Budget[] {
  const limits = deps.settings.sending;
  const own = userBudgets(limits, laneSubject(deps, user, challenge.lane));
  const people = [...own, ...organizationBudgets(limits, user.organizationId)];
  // An unconfirmed number may be anyone's: all users share its budget.
  const confirming = !user.factors.some(({ id }) => id === target.id);
  if (factorKind(target.method).reachesDevices || !confirming) return people;
  return [...people, ...pendingNumberBudgets(limits, deps.fingerprint(target.address))];
}
