import { type LoginContext, strangersLane } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { factorKind } from '../factors/index.ts';
import type { User, UserKey } from '../people.ts';
import type { Budget, BudgetName, ChangeOptions, Deps, Window } from '../ports.ts';
import { Problem } from '../problems.ts';
import { day, hour, minute } from '../time.ts';

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

/** The codes of a challenge, which an approval gives back. */
export function unapprovedCodes(
  deps: Pick<Deps, 'fingerprint'>,
  { challenge, user }: LoginContext,
): NonNullable<ChangeOptions['giveBack']> {
  return { budgets: [unapproved(deps, user, challenge.lane)], members: challenge.codeIds };
}

export async function clearCodeBudgets(
  deps: BudgetDeps,
  user: UserKey,
  lanes: readonly string[] = [strangersLane],
): Promise<void> {
  await deps.quotas.clear(lanes.flatMap((lane) => userBudgets(deps, user, lane)));
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
  return [...userBudgets(deps, user, challenge.lane), ...sharedBudgets(deps, user, target)];
}

/** Each lane of a user has its own. */
function userBudgets(deps: BudgetDeps, user: UserKey, lane: string): Budget[] {
  const { userUnapprovedPerQuarter, userPerHour, userPerDay } = deps.settings.sending;
  const quarter = [{ limit: userUnapprovedPerQuarter, windowMs: 15 * minute }];
  const all = { name: 'codes', ...ownerOf(deps, user, lane) };
  return [
    { ...unapproved(deps, user, lane), windows: quarter },
    { ...all, windows: perHourAndDay(userPerHour, userPerDay) },
  ];
}

function unapproved(deps: Pick<Deps, 'fingerprint'>, user: UserKey, lane: string): BudgetName {
  return { name: 'unapproved', ...ownerOf(deps, user, lane) };
}

function ownerOf(deps: Pick<Deps, 'fingerprint'>, user: UserKey, lane: string) {
  return { user, subject: laneSubject(deps, user, lane) };
}

function sharedBudgets({ settings, fingerprint }: BudgetDeps, user: User, target: Target) {
  const limits = settings.sending;
  const ofAll = perHourAndDay(limits.organizationPerHour, limits.organizationPerDay);
  const organization = { name: 'organization', subject: user.organizationId, windows: ofAll };
  // An unconfirmed number may be anyone's: all users share its budget.
  const confirming = !user.factors.some(({ id }) => id === target.id);
  if (factorKind(target.method).reachesDevices || !confirming) return [organization];
  const subject = fingerprint(target.address);
  const windows = perHourAndDay(limits.pendingNumberPerHour, limits.pendingNumberPerDay);
  return [organization, { name: 'pending-number', subject, windows }];
}

function perHourAndDay(perHour: number, perDay: number): Window[] {
  return [
    { limit: perHour, windowMs: hour },
    { limit: perDay, windowMs: day },
  ];
}
