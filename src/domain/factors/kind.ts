import type { TSchema } from 'typebox';
import type { Device, User } from '../people.ts';
import type { Settings } from '../ports.ts';
import type { ProblemName } from '../problems.ts';

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
  /** Whether a user may set it up beside the factors that they have. */
  offeredTo(user: User): boolean;
  /** The problem that setting it up would meet now. Null when it can work. */
  obstacle(enrolling: Pick<Enrolling, 'user' | 'device'>): ProblemName | null;
  /** The address that codes will go to. @throws Problem such as `phone-number-invalid` or `no-device`. */
  address(input: Record<string, string>, enrolling: Enrolling): string;
  /** Checks again before each code, as settings change. @throws Problem `destination-not-allowed` or `no-device`. */
  requireReachable(address: string, now: { settings: Settings; devices: Device[] }): void;
  /** What the holder of a challenge token may see of the address. */
  hint(address: string, deviceCount: number): string;
  /** The app that codes go to. Null for a number. */
  app(address: string): string | null;
}
