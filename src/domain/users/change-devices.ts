import { byCaller } from '../audit/audit.ts';
import type { Device, UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type FactorCaller, requireOwner, requireOwnerOrAdmin } from './factor-access.ts';

/** A device that is known got a new push token. One that is not known has to come by a challenge. */
export async function refreshDevice(
  deps: Deps,
  key: UserKey,
  device: Device,
  caller: FactorCaller,
): Promise<void> {
  requireOwner(caller, key);
  if (!(await deps.devices.refresh(key, device))) throw new Problem('not-found');
}

/** The app was signed out or removed: no code goes there any more. */
export async function forgetDevice(
  deps: Deps,
  key: UserKey,
  deviceId: string,
  caller: FactorCaller,
): Promise<void> {
  requireOwnerOrAdmin(caller, key);
  if (!(await deps.devices.forget(key, deviceId))) throw new Problem('not-found');
  await deps.trail.record(byCaller(caller, key, 'device.removed'));
}
