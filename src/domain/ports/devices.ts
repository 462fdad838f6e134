import type { AuditEvent, EntryFor } from '../audit/audit.ts';
import type { Device, UserKey } from '../people.ts';

/** What became of a device; `waiting`: the old push token stays in use. */
export type DeviceChange = 'added' | 'refreshed' | 'waiting' | 'unchanged';

/** What may be lost when a device is forgotten. */
export type Forgetting = {
  /** Also when push reaches no other device of the user. */
  last: boolean;
  /** Not when that leaves a user with factors without one that works. */
  keepLast: boolean;
  /** Makes the entry for a factor that goes with the device, given its id. */
  factorEntryFor: (factorId: string) => AuditEvent;
};

/**
 * Devices that receive push messages. Each change is one transaction with its entries in the audit
 * trail; what changes nothing records nothing. A push token is one app on one phone: another device
 * that had it loses it, and its user's trail tells so. PostgreSQL.
 */
export interface Devices {
  /**
   * Gives a device that is known a new push token. Without the right previous one, alive or not,
   * the new one waits until a challenge from the device is approved.
   */
  refresh(
    user: UserKey,
    device: Device,
    previousPushToken: string | null,
    entryFor: EntryFor,
  ): Promise<DeviceChange | 'not-found'>;
  /**
   * Forgets a device. Where no factor works any more, those that are left go with it.
   *
   * @returns `last-device` or `last-factor`, with nothing changed, when `forgetting` forbids it.
   */
  forget(
    user: UserKey,
    deviceId: string,
    forgetting: Forgetting,
    entryFor: EntryFor,
  ): Promise<'forgotten' | 'not-found' | 'last-device' | 'last-factor'>;
  /** Sends no more to push tokens that the provider says are gone; their devices stay known. */
  markGone(user: UserKey, pushTokens: string[], entryFor: EntryFor): Promise<void>;
}
