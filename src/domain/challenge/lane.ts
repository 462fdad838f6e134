import type { KnownDevice, User } from '../people.ts';
import { day } from '../time.ts';
import { type Challenge, strangersLane } from './challenge.ts';

const prefix = 'device:';

/** The lane of the challenges of a known device. */
export function laneOf(deviceId: string): string {
  return prefix + deviceId;
}

/** Null in the strangers' lane. */
export function deviceIdOf(lane: string): string | null {
  return lane.startsWith(prefix) ? lane.slice(prefix.length) : null;
}

type InLane = { challenge: Pick<Challenge, 'id' | 'lane'>; user: Pick<User, 'knownDevices'> };

/** The known device of the challenge, while it is good. */
export function knownDeviceOf({ challenge, user }: InLane): KnownDevice | null {
  const id = deviceIdOf(challenge.lane);
  return user.knownDevices.find((device) => device.id === id && !device.endedBy) ?? null;
}

/** A device that ended takes its challenges with it, except the one that ended it. */
export function isWithdrawn({ challenge, user }: InLane): boolean {
  if (challenge.lane === strangersLane) return false;
  const id = deviceIdOf(challenge.lane);
  const device = user.knownDevices.find((one) => one.id === id);
  return !device || (device.endedBy !== null && device.endedBy !== challenge.id);
}

export type ListedDevice = Omit<KnownDevice, 'provedAt' | 'endedBy'> & { expiresAt: Date };

/** Those that are good when the user was loaded. */
export function goodDevices({ knownDevices, organization, loadedAt }: User): ListedDevice[] {
  const lifeMs = (organization?.knownDevices.days ?? 0) * day;
  return knownDevices
    .filter(({ endedBy }) => !endedBy)
    .map(({ provedAt, endedBy: _, ...device }) => ({
      ...device,
      expiresAt: new Date(provedAt.getTime() + lifeMs),
    }))
    .filter(({ expiresAt }) => expiresAt > loadedAt);
}

/** All lanes in which the user may have challenges. */
export function lanesOf({ knownDevices }: Pick<User, 'knownDevices'>): string[] {
  return [strangersLane, ...knownDevices.map(({ id }) => laneOf(id))];
}
