import type { AuditEvent, EntryFor } from '../audit/audit.ts';
import type { Device, UserKey } from '../people.ts';

/** `waiting`: the old push token stays in use. */
export type DeviceChange = 'added' | 'refreshed' | 'waiting' | 'unchanged';

export type Forgetting = {
  /** Allow it when push reaches no other device of the user. */
  last: boolean;
  /** Refuse it when the user's last working factor goes with it. */
  keepLast: boolean;
  factorEntryFor: (factorId: string) => AuditEvent;
};

/** A change and its entries are one transaction. A push token has one device: any other loses it. PostgreSQL. */
export interface Devices {
  /** Without the right previous token, the new one waits until a challenge from the device is approved. */
  refresh(
    user: UserKey,
    device: Device,
    previousPushToken: string | null,
    entryFor: EntryFor,
  ): Promise<DeviceChange | 'not-found'>;
  /** When no factor works any more, the factors go too. Nothing changes when `forgetting` forbids it. */
  forget(
    user: UserKey,
    deviceId: string,
    forgetting: Forgetting,
    entryFor: EntryFor,
  ): Promise<'forgotten' | 'not-found' | 'last-device' | 'last-factor'>;
  /** Stops sending to tokens that the provider says are gone. Their devices stay known. */
  markGone(user: UserKey, pushTokens: string[], entryFor: EntryFor): Promise<void>;
}
