import { entriesBy } from '../audit/audit.ts';
import { factorKind } from '../factors/index.ts';
import { requireTokenOf } from '../factors/test-destinations.ts';
import type { Device, User, UserKey } from '../people.ts';
import { effectivePolicy } from '../policy.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { tellOfDevice } from '../sending/tell-devices.ts';
import { factorEntry } from './change-factors.ts';
import {
  type FactorCaller,
  isOwner,
  requireOwner,
  requireOwnerOrAdmin,
  requireStepUp,
} from './factor-access.ts';

/** A new push token. The previous one proves that it is the same app. */
export type Refresh = { device: Device; previousPushToken: string | null };

/** @returns whether the new token waits for a challenge, because the previous one was not right. */
export async function refreshDevice(
  deps: Pick<Deps, 'users' | 'devices' | 'channels' | 'settings' | 'log'>,
  key: UserKey,
  { device, previousPushToken }: Refresh,
  caller: FactorCaller,
): Promise<boolean> {
  requireOwner(caller, key);
  requireTokenOf(deps.settings.mode, device.pushToken);
  const user = await deps.users.load(key);
  const entryFor = entriesBy(caller, key);
  const change = await deps.devices.refresh(key, device, previousPushToken, entryFor);
  if (change === 'not-found') throw new Problem('not-found');
  tellOfDevice(deps, user, device, change);
  return change === 'waiting';
}

/** Forgets a device. The last one that push reaches follows the rules of a factor. */
export async function forgetDevice(
  deps: Pick<Deps, 'users' | 'devices' | 'outcomes'>,
  key: UserKey,
  deviceId: string,
  caller: FactorCaller,
): Promise<void> {
  requireOwnerOrAdmin(caller, key);
  const user = await deps.users.load(key);
  const byOwner = isOwner(caller, key);
  const last = isLastDevice(user, deviceId);
  if (byOwner && last) await requireStepUp(deps, user, caller);
  const mandatory = effectivePolicy(user) === 'mandatory';
  const forgetting = {
    last: last || !byOwner,
    keepLast: mandatory && (byOwner || isReachable(user, deviceId)),
    factorEntryFor: factorEntry(user, entriesBy(caller, key)),
  };
  const outcome = await deps.devices.forget(key, deviceId, forgetting, entriesBy(caller, key));
  if (outcome === 'not-found' || outcome === 'last-factor') throw new Problem(outcome);
  if (outcome === 'last-device') throw new Problem('step-up-required');
}

function isLastDevice(user: User, deviceId: string): boolean {
  const usesDevices = user.factors.some(({ method }) => factorKind(method).reachesDevices);
  const others = user.registeredDevices.filter(({ id }) => id !== deviceId);
  const known = others.length < user.registeredDevices.length;
  const remaining = isReachable(user, deviceId)
    ? others.filter(({ reachable }) => reachable)
    : others;
  return usesDevices && known && remaining.length === 0;
}

function isReachable(user: User, deviceId: string): boolean {
  return user.devices.some(({ id }) => id === deviceId);
}
