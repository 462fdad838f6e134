import { type LoginContext, strangersLane } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { factorKind } from '../factors/index.ts';
import type { User, UserKey } from '../people.ts';
import type { Budget, ChangeOptions, CreationTerms, Deps, Window } from '../ports.ts';
import { day, hour, minute } from '../time.ts';
import { laneDenial, numberDenial } from './denials.ts';
import { laneOwner, numberSubject } from './subjects.ts';

export type BudgetDeps = Pick<Deps, 'quotas' | 'settings' | 'fingerprint'>;

const unapproved = 'unapproved';

/** How many challenges may be started: in the strangers' lane all of the user's count, else those of the lane. */
export function startsBudget(
  deps: BudgetDeps,
  user: UserKey,
  lane: string,
): NonNullable<CreationTerms['starts']> {
  const window = { limit: deps.settings.startsPerMinute, windowMs: minute };
  const own = lane === strangersLane ? null : { name: 'starts', ...laneOwner(deps, user, lane) };
  return { window, budget: own };
}

/** The codes of a challenge, which an approval gives back. */
export function unapprovedCodes(
  deps: Pick<Deps, 'fingerprint'>,
  { challenge, user }: LoginContext,
): NonNullable<ChangeOptions['giveBack']> {
  const budget = { name: unapproved, ...laneOwner(deps, user, challenge.lane) };
  return { budgets: [budget], members: challenge.codeIds };
}

export async function clearCodeBudgets(
  deps: BudgetDeps,
  user: UserKey,
  lanes: readonly string[],
): Promise<void> {
  await deps.quotas.clear(lanes.flatMap((lane) => userBudgets(deps, user, lane)));
}

/** Each lane of a user has its own. */
export function userBudgets(deps: BudgetDeps, user: UserKey, lane: string): Budget[] {
  const { userUnapprovedPerQuarter, userPerHour, userPerDay } = deps.settings.sending;
  const quarter = [{ limit: userUnapprovedPerQuarter, windowMs: 15 * minute }];
  const owner = laneOwner(deps, user, lane);
  return [
    { name: unapproved, ...owner, windows: quarter },
    { name: 'codes', ...owner, windows: perHourAndDay(userPerHour, userPerDay) },
    laneDenial(owner),
  ];
}

/** What a code takes of its organization, and of a number that nobody has confirmed. */
export function sharedBudgets(deps: BudgetDeps, user: User, target: Target): Budget[] {
  const limits = deps.settings.sending;
  const ofAll = perHourAndDay(limits.organizationPerHour, limits.organizationPerDay);
  const organization = { name: 'organization', subject: user.organizationId, windows: ofAll };
  // An unconfirmed number may be anyone's: all users share its budget.
  const confirming = !user.factors.some(({ id }) => id === target.id);
  if (factorKind(target.method).reachesDevices || !confirming) return [organization];
  const subject = numberSubject(deps, user, target.address);
  const windows = perHourAndDay(limits.pendingNumberPerHour, limits.pendingNumberPerDay);
  const denied = numberDenial(subject);
  return [organization, { name: 'pending-number', subject, windows }, denied];
}

function perHourAndDay(perHour: number, perDay: number): Window[] {
  return [
    { limit: perHour, windowMs: hour },
    { limit: perDay, windowMs: day },
  ];
}
