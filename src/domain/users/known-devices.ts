import { type EntryFor, entriesBy } from '../audit/audit.ts';
import type { UserKey } from '../people.ts';
import type { Deps, DeviceEnding } from '../ports.ts';
import { Problem } from '../problems.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import { type FactorCaller, requireOwnerOrAdmin } from './factor-access.ts';

type ForgettingDeps = Pick<Deps, 'users' | 'knownDevices' | 'channels' | 'log'>;

/** Forgets one known device of a user, or all. @throws Problem `not-found` for one that is not there. */
export async function forgetKnownDevices(
  deps: ForgettingDeps,
  key: UserKey,
  deviceId: string | null,
  caller: FactorCaller,
): Promise<void> {
  requireOwnerOrAdmin(caller, key);
  await forget(deps, key, { deviceId, survivor: null }, entriesBy(caller, key));
}

/** @throws Problem `not-found` for one that is not there. */
export async function forget(
  deps: ForgettingDeps,
  key: UserKey,
  which: Pick<DeviceEnding, 'deviceId' | 'survivor'>,
  entryFor: EntryFor,
): Promise<void> {
  const ended = await deps.knownDevices.end(key, { ...which, reason: 'forgotten' }, entryFor);
  if (which.deviceId !== null && ended.length === 0)
    throw new Problem('not-found', { detail: 'The user has no such known device.' });
  if (ended.length === 0) return;
  const user = await deps.users.load(key);
  for (const { app } of ended) {
    tellDevices(deps, user, { about: 'known-device-removed', hint: app });
  }
}
