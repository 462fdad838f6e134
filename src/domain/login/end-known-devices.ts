import { type EntryFor, entriesIn } from '../audit/audit.ts';
import type { LoginContext } from '../challenge/challenge.ts';
import { deviceIdOf } from '../challenge/lane.ts';
import type { User } from '../people.ts';
import type { Deps, DeviceEnding, EndedDevice } from '../ports.ts';
import { tellDevices } from '../sending/tell-devices.ts';

export type EndDevicesDeps = Pick<Deps, 'knownDevices' | 'channels' | 'log'>;

/** Ends known devices of a user, and tells the user's apps. @returns those that were good until then. */
export async function endKnownDevices(
  deps: EndDevicesDeps,
  user: User,
  ending: DeviceEnding,
  entryFor: EntryFor,
): Promise<EndedDevice[]> {
  const ended = await deps.knownDevices.end(user, ending, entryFor);
  for (const { app } of ended) {
    tellDevices(deps, user, { about: 'known-device-removed', hint: app });
  }
  return ended;
}

/** Ends the known device of a challenge, if it is in the lane of one. */
export async function endDeviceOf(
  deps: EndDevicesDeps,
  { challenge, user }: LoginContext,
  reason: 'guesses' | 'denied',
): Promise<void> {
  const deviceId = deviceIdOf(challenge.lane);
  if (deviceId === null) return;
  await endKnownDevices(deps, user, { deviceId, survivor: null, reason }, entriesIn(challenge));
}
