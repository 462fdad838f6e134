import { type EntryFor, entriesBy } from '../audit/audit.ts';
import { type EndDevicesDeps, endKnownDevices } from '../login/end-known-devices.ts';
import type { User, UserKey } from '../people.ts';
import type { Deps, DeviceEnding } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type FactorCaller, requireOwnerOrAdmin } from './factor-access.ts';

/** Forgets one known device of a user, or all. @throws Problem `not-found` for one that is not there. */
export async function forgetKnownDevices(
  deps: EndDevicesDeps & Pick<Deps, 'users'>,
  key: UserKey,
  deviceId: string | null,
  caller: FactorCaller,
): Promise<void> {
  requireOwnerOrAdmin(caller, key);
  const user = await deps.users.load(key);
  await forgetThem(deps, user, { deviceId, survivor: null }, entriesBy(caller, key));
}

/** @throws Problem `not-found` for one that is not there. */
export async function forgetThem(
  deps: EndDevicesDeps,
  user: User,
  which: Pick<DeviceEnding, 'deviceId' | 'survivor'>,
  entryFor: EntryFor,
): Promise<void> {
  const ended = await endKnownDevices(deps, user, { ...which, reason: 'forgotten' }, entryFor);
  if (which.deviceId !== null && ended.length === 0)
    throw new Problem('not-found', { detail: 'The user has no such known device.' });
}
