import { inChallenge } from '../audit/audit.ts';
import type { LoginContext } from '../challenge/challenge.ts';
import { deviceIdOf } from '../challenge/lane.ts';
import type { Deps } from '../ports.ts';
import { tellDevices } from '../sending/tell-devices.ts';

export type ForgetDeps = Pick<Deps, 'knownDevices' | 'channels' | 'log'>;

/** Forgets the known device of a challenge, if it is in the lane of one. */
export async function forgetDevice(
  deps: ForgetDeps,
  { challenge, user }: LoginContext,
  reason: 'guesses' | 'denied',
): Promise<void> {
  const deviceId = deviceIdOf(challenge.lane);
  if (deviceId === null) return;
  const ended = await deps.knownDevices.end(
    user,
    { deviceId, survivor: null, reason },
    (type, details) => inChallenge(challenge, type, details),
  );
  for (const { app } of ended) {
    tellDevices(deps, user, { about: 'known-device-removed', hint: app });
  }
}
