import type { TSchema } from 'typebox';
import type { Device, User } from '../people.ts';
import type { Settings } from '../ports.ts';

/** The user and device that set up a factor. */
export type Enrolling = {
  user: User;
  device: Device | null;
  settings: Settings;
};

/**
 * One way in which a user can receive codes: what they enter to set it up, where its codes go, and what
 * may be shown of that. A channel delivers the codes.
 */
export interface FactorKind {
  readonly method: string;
  /** What it adds to `pwd`, `mfa` and `otp` in a result's `amr` (RFC 8176). */
  readonly amr: readonly string[];
  /** The fields that a caller sends with `method`, as JSON Schema properties. All are required. */
  readonly input: Record<string, TSchema>;
  /**
   * Whether its codes go to devices. A right code then proves the device too. Otherwise codes go to a
   * number, which costs money and may be someone else's, so budgets apply.
   */
  readonly reachesDevices: boolean;
  /** Whether this user can still add one. */
  offeredTo(user: User): boolean;
  /**
   * The address that the codes will go to.
   *
   * @param input the values of `input`, checked by its schemas.
   * @throws Problem such as `phone-number-invalid` or `no-device`.
   */
  address(input: Record<string, string>, enrolling: Enrolling): string;
  /**
   * Checks again before each code, because settings and devices may have changed.
   *
   * @throws Problem `destination-not-allowed` or `no-device`.
   */
  requireReachable(address: string, now: { settings: Settings; devices: Device[] }): void;
  /** What anyone who holds the challenge token may see of the address. */
  hint(address: string, deviceCount: number): string;
}
