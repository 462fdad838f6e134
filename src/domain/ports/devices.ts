import type { Device, UserKey } from '../people.ts';

/** Devices that receive push messages. PostgreSQL. */
export interface Devices {
  /**
   * Makes a device receive codes, or refreshes its token. The token leaves any other device that
   * had it. When there are too many, the device seen least recently goes.
   */
  activate(user: UserKey, device: Device): Promise<void>;
  /** Refreshes a known device; false when it is not known. The token leaves any other device. */
  refresh(user: UserKey, device: Device): Promise<boolean>;
  /** @returns false when it was not known. */
  forget(user: UserKey, deviceId: string): Promise<boolean>;
  /** Forgets devices whose push token the provider says is gone. */
  forgetTokens(user: UserKey, pushTokens: string[]): Promise<void>;
}
