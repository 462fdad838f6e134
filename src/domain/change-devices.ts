import { byCaller } from './audit.ts';
import type { DeviceSeen } from './challenge.ts';
import { type FactorCaller, requireOwner, requireOwnerOrAdmin } from './factor-access.ts';
import type { Deps, UserKey } from './ports.ts';
import { Problem } from './problems.ts';

/** A device that is known got a new push token. One that is not known has to come by a challenge. */
export async function refreshDevice(
  deps: Deps,
  key: UserKey,
  device: DeviceSeen,
  caller: FactorCaller,
): Promise<void> {
  requireOwner(caller, key);
  if (!(await deps.directory.refreshDevice(key, device))) throw new Problem('not-found');
}

/** The app was signed out or removed: no code goes there any more. */
export async function forgetDevice(
  deps: Deps,
  key: UserKey,
  deviceId: string,
  caller: FactorCaller,
): Promise<void> {
  requireOwnerOrAdmin(caller, key);
  if (!(await deps.directory.forgetDevice(key, deviceId))) throw new Problem('not-found');
  await deps.trail.record(byCaller(caller, key, 'device.removed'));
}
