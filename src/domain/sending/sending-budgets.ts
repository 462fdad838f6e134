import type { LoginContext, Target } from '../challenge/challenge.ts';
import { factorKind } from '../factors/index.ts';
import type { UserKey } from '../people.ts';
import type { Budget, Deps, SendingLimits } from '../ports.ts';
import { Problem } from '../problems.ts';
import { day, hour, minute, second } from '../time.ts';

// A burst is placed one after the other: the last of it must still ring well within its code's life.
const burstSeconds = 5;

/** Every bound on sending: whose it is, how many, in how long. Never keyed on an address or header. */
const user = (limits: SendingLimits, subject: string): Budget[] => [
  { ...unapprovedByUser(subject), limit: limits.userUnapprovedPerQuarter, windowMs: 15 * minute },
  { name: 'user-hour', subject, limit: limits.userPerHour, windowMs: hour },
  { name: 'user-day', subject, limit: limits.userPerDay, windowMs: day },
];
const number = (limits: SendingLimits, subject: string): Budget[] => [
  { ...unapprovedToNumber(subject), limit: limits.numberUnapprovedPerHour, windowMs: hour },
  { name: 'number-day', subject, limit: limits.numberPerDay, windowMs: day },
];
const organization = (limits: SendingLimits, subject: string): Budget[] => [
  { name: 'organization-hour', subject, limit: limits.organizationPerHour, windowMs: hour },
];
const service = ({ callsPerSecond }: SendingLimits): Budget[] => [
  {
    name: 'calls',
    subject: 'all',
    limit: callsPerSecond * burstSeconds,
    windowMs: burstSeconds * second,
  },
];

/** Those that an approval gives back: "codes that led to no approval". */
const unapprovedByUser = (subject: string) => ({ name: 'user-unapproved', subject });
const unapprovedToNumber = (subject: string) => ({ name: 'number-unapproved', subject });

/** @throws Problem `too-many-requests`, with nothing taken. */
export async function takeBudgets(
  deps: Deps,
  context: LoginContext,
  target: Target,
  codeId: string,
): Promise<void> {
  const waitMs = await deps.quotas.take(budgetsFor(deps, context.user, target), codeId);
  if (waitMs === null) return;
  throw new Problem('too-many-requests', { retryAfterMs: waitMs });
}

/** For a code that was not sent after all. */
export async function giveBackBudgets(
  deps: Deps,
  context: LoginContext,
  target: Target,
  codeId: string,
): Promise<void> {
  await deps.quotas.giveBack(budgetsFor(deps, context.user, target), [codeId]);
}

/** For codes of a challenge that was approved. */
export async function giveBackUnapproved(
  deps: Deps,
  { challenge, user }: LoginContext,
): Promise<void> {
  const called = user.factors.filter(({ method }) => !factorKind(method).reachesDevices);
  const numbers = called.map(({ address }) => unapprovedToNumber(deps.fingerprint(address)));
  const own = unapprovedByUser(userSubject(deps, user));
  await deps.quotas.giveBack([own, ...numbers], challenge.codeIds);
}

function budgetsFor(deps: Deps, key: UserKey, target: Target): Budget[] {
  const limits = deps.settings.sending;
  const own = user(limits, userSubject(deps, key));
  const people = [...own, ...organization(limits, key.organizationId)];
  if (factorKind(target.method).reachesDevices) return people;
  return [...people, ...number(limits, deps.fingerprint(target.address)), ...service(limits)];
}

/** Hashed with a key: it may outlive the user by a day, and must not tell who it was. */
function userSubject({ fingerprint }: Deps, { organizationId, userId }: UserKey): string {
  return fingerprint(`${organizationId}\0${userId}`);
}
