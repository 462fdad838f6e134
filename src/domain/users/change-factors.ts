import { type AuditEvent, byCaller, type EntryFor, entriesBy } from '../audit/audit.ts';
import { factorKind } from '../factors/index.ts';
import type { Factor, User, UserKey } from '../people.ts';
import { effectivePolicy } from '../policy.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type EndCallsDeps, endCallsTo } from '../sending/hang-up.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import {
  type FactorCaller,
  isOwner,
  requireOwner,
  requireOwnerOrAdmin,
  requireStepUp,
} from './factor-access.ts';

export async function promoteFactor(
  deps: Pick<Deps, 'users' | 'factors' | 'outcomes'>,
  key: UserKey,
  factorId: string,
  caller: FactorCaller,
): Promise<{ user: User; factor: Factor }> {
  requireOwner(caller, key);
  const user = await deps.users.load(key);
  const factor = factorOf(user, factorId);
  await requireStepUp(deps, user, caller);
  await promote(deps, user, factor, entriesBy(caller, key));
  const promoted = await deps.users.load(key);
  return { user: promoted, factor: factorOf(promoted, factorId) };
}

export async function removeFactor(
  deps: EndCallsDeps & Pick<Deps, 'users' | 'factors' | 'outcomes'>,
  key: UserKey,
  factorId: string,
  caller: FactorCaller,
): Promise<void> {
  requireOwnerOrAdmin(caller, key);
  const user = await deps.users.load(key);
  const factor = factorOf(user, factorId);
  if (isOwner(caller, key)) await requireStepUp(deps, user, caller);
  // An administrator may remove a factor that does not work: it locks its user out.
  const useless = !isOwner(caller, key) && !works(user, factor);
  const keepLast = effectivePolicy(user) === 'mandatory' && !useless;
  await remove(deps, user, factor, { keepLast, entryFor: entriesBy(caller, key) });
}

export async function promote(
  { factors }: Pick<Deps, 'factors'>,
  user: User,
  factor: Factor,
  entryFor: EntryFor,
): Promise<void> {
  const entry = entryFor('factor.promoted', describe(user, factor));
  if ((await factors.promote(user, factor.id, entry)) === 'not-found') throw notFound();
}

/** @throws Problem `last-factor` with `keepLast`, when no factor would work any more. */
export async function remove(
  deps: EndCallsDeps & Pick<Deps, 'factors'>,
  user: User,
  factor: Factor,
  { keepLast, entryFor }: { keepLast: boolean; entryFor: EntryFor },
): Promise<void> {
  const entryOf = factorEntry(user, entryFor);
  const outcome = await deps.factors.remove(user, factor.id, keepLast, entryOf);
  if (outcome === 'not-found') throw notFound();
  if (outcome === 'last-factor') throw new Problem('last-factor');
  await endCallsTo(deps, user, [factor]);
  const { hint } = describe(user, factor);
  tellDevices(deps, user, { about: 'factor-removed', hint });
}

/** For someone who lost everything. They enrol at their next login. */
export async function resetFactors(
  deps: EndCallsDeps & Pick<Deps, 'users' | 'factors' | 'challenges'>,
  key: UserKey,
  caller: FactorCaller,
): Promise<void> {
  const user = await deps.users.load(key);
  // Challenges first: a retry still finds the factors to remove.
  await deps.challenges.forgetUser(key);
  await deps.factors.reset(key, (removed) => byCaller(caller, key, 'factors.reset', { removed }));
  await endCallsTo(deps, user, user.factors);
  tellDevices(deps, user, { about: 'factors-reset', hint: '' });
}

export function factorEntry(user: User, entryFor: EntryFor): (factorId: string) => AuditEvent {
  return (factorId) => {
    const factor = user.factors.find(({ id }) => id === factorId);
    return entryFor('factor.removed', factor ? describe(user, factor) : {});
  };
}

function works(user: User, { method }: Factor): boolean {
  return !factorKind(method).reachesDevices || user.devices.length > 0;
}

export function factorOf(user: User, factorId: string): Factor {
  const factor = user.factors.find(({ id }) => id === factorId);
  if (!factor) throw notFound();
  return factor;
}

function describe(user: User, { method, role, address }: Factor) {
  return { method, role, hint: factorKind(method).hint(address, user.devices.length) };
}

function notFound(): Problem {
  return new Problem('not-found', { detail: 'The user has no such factor.' });
}
