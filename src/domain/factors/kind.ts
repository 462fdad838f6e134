import type { TSchema } from 'typebox';
import type { Device, User } from '../people.ts';
import type { Settings } from '../ports.ts';

export type Enrolling = {
  user: User;
  device: Device | null;
  settings: Settings;
};

/** One way to receive codes: how it is set up, where codes go, what may be shown. A channel delivers. */
export interface FactorKind {
  readonly method: string;
  /** What it adds to `pwd`, `mfa` and `otp` in `amr` (RFC 8176). */
  readonly amr: readonly string[];
  /** The fields beside `method`, as JSON Schema properties. All are required. */
  readonly input: Record<string, TSchema>;
  /** Whether codes go to devices. Otherwise they go to a number: that costs money, so budgets apply. */
  readonly reachesDevices: boolean;
  offeredTo(user: User): boolean;
  /** The address that codes will go to. @throws Problem such as `phone-number-invalid` or `no-device`. */
  address(input: Record<string, string>, enrolling: Enrolling): string;
  /** Checks again before each code, as settings change. @throws Problem `destination-not-allowed` or `no-device`. */
  requireReachable(address: string, now: { settings: Settings; devices: Device[] }): void;
  /** What the holder of a challenge token may see of the address. */
  hint(address: string, deviceCount: number): string;
}
