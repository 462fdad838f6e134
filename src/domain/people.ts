/** From lenient to strict. */
export type Policy = 'off' | 'optional' | 'mandatory';

export type Backup = 'offered' | 'required';

export type FirstSetup = 'open' | 'pass';

export type KnownDeviceRules = {
  /** 0 to 90; with 0 there are no known devices. */
  days: number;
  skipCode: boolean;
};

/** How our page looks to the users of an organization. Null: as it looks without. */
export type Theme = {
  productName: string | null;
  /** A PNG, as a `data:` URI. */
  logo: string | null;
  /** Of buttons, links and the focus: `#rrggbb`. One for each scheme of colours. */
  lightColour: string | null;
  darkColour: string | null;
};

export type Organization = OrganizationRules & { theme: Theme };

/** What a login asks of an organization. */
export type OrganizationRules = {
  id: string;
  /** As it was set: effectivePolicy also looks at the day. */
  policy: Policy;
  /** BCP 47, for the spoken code and, by default, the screens. */
  language: string;
  /** ISO 3166-1 alpha-2, for numbers without a country code. */
  country: string;
  backup: Backup;
  /** From then on the policy `optional` is `mandatory`. */
  mandatoryFrom: Date | null;
  firstSetup: FirstSetup;
  knownDevices: KnownDeviceRules;
};

/** Both ids identify a user: two organizations may use the same user id. */
export type UserKey = { organizationId: string; userId: string };

export type Role = 'primary' | 'secondary';

export type Factor = {
  id: string;
  method: string;
  role: Role;
  /** An E.164 number for `call`, the name of the app for `push`. */
  address: string;
  createdAt: Date;
};

export type Device = { id: string; platform: string; pushToken: string };

export type RegisteredDevice = Pick<Device, 'id' | 'platform'> & {
  reachable: boolean;
  /** A new push token waits until a challenge of the device is approved. */
  waiting: boolean;
};

/** A browser or app that the user wants remembered. */
export type KnownDevice = {
  id: string;
  app: string;
  createdAt: Date;
  lastSeenAt: Date;
  /** The last right code on it. */
  provedAt: Date;
  /** The challenge that ended it, and goes on without it. */
  endedBy: string | null;
};

/** An unknown user has the defaults. */
export type User = UserKey & {
  known: boolean;
  organization: OrganizationRules | null;
  policy: Policy | null;
  factors: Factor[];
  /** Those that codes reach now. */
  devices: Device[];
  registeredDevices: RegisteredDevice[];
  /** Also those beyond their days, and those that a challenge ended. */
  knownDevices: KnownDevice[];
  backupSkippedAt: Date | null;
  /** Until then, no code of the strangers' lane is compared. */
  lockedUntil: Date | null;
  /** Guesses at 4 digits on the account: of 365 days, in all lanes. */
  shortGuesses: number;
  /** By the database's clock. */
  loadedAt: Date;
};

/** `short`: at a code of 4 digits; `long`: at one of 8. */
export type GuessKind = 'short' | 'long';

/** For lists of users. The factors of an `unreachable` user do not work now. */
export const userStates = ['enrolled', 'no-backup', 'postponed', 'locked', 'unreachable'] as const;

export type UserState = (typeof userStates)[number];

export type ListedUser = {
  userId: string;
  policy: Policy | null;
  factors: number;
  unreachable: boolean;
  postponedAt: Date | null;
  lockedUntil: Date | null;
};

export type UserGroup = {
  policy: Policy | null;
  /** 0, 1, or 2 for two and more. */
  factors: number;
  offered: boolean;
  reachedBy: string[];
  app: string | null;
  appVersion: string | null;
  users: number;
};

/** An API key of a backend. Results are issued to `name`. */
export type Client = {
  id: string;
  name: string;
  scopes: string[];
  /** The only organizations that it can reach. Null for all. */
  organizations: string[] | null;
  createdAt: Date;
  revokedAt: Date | null;
};

/** What a client may do with our page: have it return to a URL, or let an origin frame it. */
export type ClientSite = { client: string; use: 'return' | 'frame'; url: string };

export type Confirmation = {
  alreadyVerified: boolean;
  factor: Pick<Factor, 'id' | 'method' | 'address'>;
  device: Device | null;
};
