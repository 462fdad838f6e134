import type { TSchema } from 'typebox';
import type { Device, User } from '../people.ts';
import type { Settings } from '../ports.ts';

/** What is at hand when a factor is set up. */
export type Enrolling = {
  user: User;
  device: Device | null;
  settings: Settings;
};

/**
 * One way in which a user can receive codes: what he tells to set it up, where its codes go, and
 * what may be shown of that. How a code gets there is a channel's business.
 */
export interface FactorKind {
  readonly method: string;
  /** What it adds to `pwd`, `mfa` and `otp` in a result's `amr` (RFC 8176). */
  readonly amr: readonly string[];
  /** What a caller sends along with `method`, as JSON Schema properties; all of them required. */
  readonly input: Record<string, TSchema>;
  /**
   * Whether its codes go to devices: one that comes back then proves the device at hand too.
   * Otherwise they go to a number, which costs money and may be somebody else's: budgets hold.
   */
  readonly reachesDevices: boolean;
  /** Whether this user can still add one. */
  offeredTo(user: User): boolean;
  /**
   * The address that the codes will go to.
   *
   * @param input the values of `input`, as its schemas have checked them.
   * @throws Problem in the kind's own words, such as `phone-number-invalid` or `no-device`.
   */
  address(input: Record<string, string>, enrolling: Enrolling): string;
  /**
   * Looks again before each code: what could be reached when it was set up may have changed.
   *
   * @throws Problem `destination-not-allowed` or `no-device`.
   */
  requireReachable(address: string, now: { settings: Settings; devices: Device[] }): void;
  /** What anyone who holds the challenge token may see of the address. */
  hint(address: string, deviceCount: number): string;
}
