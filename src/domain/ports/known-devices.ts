import type { EntryFor } from '../audit/audit.ts';
import type { KnownDevice, User, UserKey } from '../people.ts';

export type Recognition = {
  user: User;
  /** Null: no good device of the user has this token. */
  deviceId: string | null;
  /** An older token came after its end. Nothing was done about it. */
  stolen: boolean;
};

export type EndedDevice = Pick<KnownDevice, 'id' | 'app'>;

export type DeviceEnding = {
  /** Null: all devices of the user. */
  deviceId: string | null;
  /** Challenges of the device end with it, except this one. */
  survivor: string | null;
  reason: 'forgotten' | 'guesses' | 'denied' | 'factors-changed';
};

/** Browsers and apps that users want remembered. Only hashes of tokens are stored. PostgreSQL. */
export interface KnownDevices {
  /** One query with the user. A newer token lets all others die 60 seconds after its first use. */
  recognize(user: UserKey, hash: string): Promise<Recognition>;
  /** Ends the device of a token that came after its end. @returns it; null when that was done before. */
  endStolen(user: UserKey, hash: string, entryFor: EntryFor): Promise<EndedDevice | null>;
  /** @returns those that were good until then. */
  end(user: UserKey, ending: DeviceEnding, entryFor: EntryFor): Promise<EndedDevice[]>;
  /** Removes what ended before `moment`, and tokens that died a day longer ago than a device can live. */
  prune(moment: Date): Promise<void>;
}
