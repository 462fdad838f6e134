import type { Device, UserKey } from '../people.ts';

/** Devices that receive push messages. PostgreSQL. */
export interface Devices {
  /**
   * Makes a device receive codes, or refreshes its token. Any other device loses the same token. When
   * there are too many devices, the one seen least recently is removed.
   */
  activate(user: UserKey, device: Device): Promise<void>;
  /** Refreshes a known device. Any other device loses the token. @returns false when it is unknown. */
  refresh(user: UserKey, device: Device): Promise<boolean>;
  /** @returns false when it was unknown. */
  forget(user: UserKey, deviceId: string): Promise<boolean>;
  /** Forgets devices whose push token the provider says is gone. */
  forgetTokens(user: UserKey, pushTokens: string[]): Promise<void>;
}
