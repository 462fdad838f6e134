import type { AuditEvent, EntryFor } from '../audit/audit.ts';
import type { Device, UserKey } from '../people.ts';

/** `waiting`: the old push token stays in use. */
export type DeviceChange = 'added' | 'refreshed' | 'waiting' | 'unchanged';

export type Forgetting = {
  /** Allow it when push reaches no other device of the user. */
  last: boolean;
  /** Refuse it when the user's last working factor goes with it. */
  keepLast: boolean;
  /** Makes the entry for a factor that goes too, from its id. */
  factorEntryFor: (factorId: string) => AuditEvent;
};

/**
 * Devices that receive push messages. A change and its audit entries are one transaction. A push token belongs to one
 * device: any other device loses it, and its user's trail says so. PostgreSQL.
 */
export interface Devices {
  /**
   * Gives a known device a new push token. Without the right previous one, the new one waits until a challenge from
   * the device is approved.
   */
  refresh(
    user: UserKey,
    device: Device,
    previousPushToken: string | null,
    entryFor: EntryFor,
  ): Promise<DeviceChange | 'not-found'>;
  /**
   * Forgets a device. When no factor works any more, the factors go too.
   *
   * @returns `last-device` or `last-factor`, with nothing changed, when `forgetting` forbids it.
   */
  forget(
    user: UserKey,
    deviceId: string,
    forgetting: Forgetting,
    entryFor: EntryFor,
  ): Promise<'forgotten' | 'not-found' | 'last-device' | 'last-factor'>;
  /** Stops sending to tokens that the provider says are gone. Their devices stay known. */
  markGone(user: UserKey, pushTokens: string[], entryFor: EntryFor): Promise<void>;
}
