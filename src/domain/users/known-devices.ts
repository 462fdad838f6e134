import { byCaller } from '../audit/audit.ts';
import type { UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import { type FactorCaller, requireOwnerOrAdmin } from './factor-access.ts';

/** Forgets one known device of a user, or all. @throws Problem `not-found` for one that is not there. */
export async function forgetKnownDevices(
  deps: Pick<Deps, 'users' | 'knownDevices' | 'channels' | 'log'>,
  key: UserKey,
  deviceId: string | null,
  caller: FactorCaller,
): Promise<void> {
  requireOwnerOrAdmin(caller, key);
  const ended = await deps.knownDevices.end(
    key,
    { deviceId, survivor: null, reason: 'forgotten' },
    (type, details) => byCaller(caller, key, type, details),
  );
  if (deviceId !== null && ended.length === 0)
    throw new Problem('not-found', { detail: 'The user has no such known device.' });
  if (ended.length === 0) return;
  const user = await deps.users.load(key);
  for (const { app } of ended) {
    tellDevices(deps, user, { about: 'known-device-removed', hint: app });
  }
}
