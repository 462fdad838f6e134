/** `mandatory` is stricter than `optional`, which is stricter than `off`. */
export type Policy = 'off' | 'optional' | 'mandatory';

/** Whether a user may skip the step that sets up a backup. */
export type Backup = 'offered' | 'required';

export type Organization = {
  id: string;
  policy: Policy;
  /** BCP 47. The language of the spoken code, and of the screens by default. */
  language: string;
  /** ISO 3166-1 alpha-2. The country of a number without a country code. */
  country: string;
  backup: Backup;
};

/** Both ids identify a user: two organizations may use the same user id. */
export type UserKey = { organizationId: string; userId: string };

export type Role = 'primary' | 'secondary';

/** A confirmed way in which a user receives a code. */
export type Factor = {
  id: string;
  method: string;
  role: Role;
  /** An E.164 number for `call`, the name of the app for `push`. */
  address: string;
  createdAt: Date;
};

/** One installed app that receives codes. */
export type Device = { id: string; platform: string; pushToken: string };

/** One installed app of a user, whether or not codes reach it. */
export type RegisteredDevice = Pick<Device, 'id' | 'platform'> & {
  /** Codes go there now. */
  reachable: boolean;
  /** A new push token waits for a challenge from the device to be approved. */
  waiting: boolean;
};

/** Everything known about a user. An unknown user has the defaults. */
export type User = UserKey & {
  /** Whether the database has a row for this user. */
  known: boolean;
  /** Null when nobody has set the organization. */
  organization: Organization | null;
  /** The user's own policy. Null when none was set. */
  policy: Policy | null;
  /** Oldest first. */
  factors: Factor[];
  /** Those that codes reach now. */
  devices: Device[];
  /** All of them, in the order in which they came. */
  registeredDevices: RegisteredDevice[];
  /** When the user skipped the backup. */
  backupSkippedAt: Date | null;
  /** Until then, no code of the strangers' lane is looked at. */
  lockedUntil: Date | null;
  /** Guesses at codes of 4 digits that stand on the account: of 365 days, in all lanes. */
  shortGuesses: number;
};

/** `short`: a guess at a code of 4 digits; `long`: at one of 8. */
export type GuessKind = 'short' | 'long';

/** States by which an administrator can list users. An `unreachable` user's factors do not work now. */
export const userStates = ['enrolled', 'no-backup', 'postponed', 'locked', 'unreachable'] as const;

export type UserState = (typeof userStates)[number];

/** A user in a list. */
export type ListedUser = {
  userId: string;
  policy: Policy | null;
  factors: number;
  /** Whether none of the factors works now. */
  unreachable: boolean;
  postponedAt: Date | null;
  lockedUntil: Date | null;
};

/** Counts the users for whom a change of policy means the same. */
export type UserGroup = {
  policy: Policy | null;
  /** 0, 1, or 2 for two and more. */
  factors: number;
  /** Whether they have a factor of a method that is offered. */
  offered: boolean;
  /** The methods of factors that work now. */
  reachedBy: string[];
  /** The app of their last approval. Null when they have none. */
  app: string | null;
  appVersion: string | null;
  users: number;
};

/** One API key of a backend. `name` is the client that results are issued to. */
export type Client = {
  id: string;
  name: string;
  scopes: string[];
  /** The only organizations that exist for it; null for all. */
  organizations: string[] | null;
  createdAt: Date;
  revokedAt: Date | null;
};

export type Confirmation = {
  /** Whether this challenge has verified an active factor. Without that, nothing may be added. */
  alreadyVerified: boolean;
  factor: Pick<Factor, 'id' | 'method' | 'address'>;
  /** Becomes active with the factor. Any other device loses the same push token. */
  device: Device | null;
};
