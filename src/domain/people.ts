/** `mandatory` is stricter than `optional`, which is stricter than `off`. */
export type Policy = 'off' | 'optional' | 'mandatory';

/** Whether the step that asks for a second factor may be passed over. */
export type Backup = 'offered' | 'required';

export type Organization = {
  id: string;
  policy: Policy;
  /** BCP 47: of the spoken code, and of the screens when the caller names none. */
  language: string;
  /** ISO 3166-1 alpha-2: how a number without a country code is read. */
  country: string;
  backup: Backup;
};

/** A user is known by both ids: two organizations may use the same one. */
export type UserKey = { organizationId: string; userId: string };

export type Role = 'primary' | 'secondary';

/** A confirmed way in which a user receives a code. */
export type Factor = {
  id: string;
  method: string;
  role: Role;
  /** Where it leads: an E.164 number for `call`, the name of the app for `push`. */
  address: string;
  createdAt: Date;
};

/** One installed app that receives codes. */
export type Device = { id: string; platform: string; pushToken: string };

/** Everything known of a user; of one never seen, the defaults. */
export type User = UserKey & {
  /** Whether there is a row of this user's own. */
  known: boolean;
  /** Null when the organization was never heard of. */
  organization: Organization | null;
  /** The user's own policy, where one was set. */
  policy: Policy | null;
  /** Oldest first. */
  factors: Factor[];
  devices: Device[];
  /** When the offer of a backup was passed over. */
  backupSkippedAt: Date | null;
  /** Until when no code is looked at. */
  lockedUntil: Date | null;
  guesses: GuessAccount;
};

/** Wrong guesses of a user that no approval took off. */
export type GuessAccount = {
  /** At codes of 4 digits, in the last 365 days. */
  short: number;
  /** At codes of 8 digits, in the last 24 hours. */
  long: number;
};

/** A guess that was looked at and wrong, as the account of wrong guesses keeps it. */
export type WrongGuess = { challengeId: string; kind: keyof GuessAccount };

/** Users an administrator may ask for: with a factor, with just one, who put it off, locked. */
export const userStates = ['enrolled', 'no-backup', 'postponed', 'locked'] as const;

export type UserState = (typeof userStates)[number];

/** A user in a list. */
export type ListedUser = {
  userId: string;
  policy: Policy | null;
  factors: number;
  postponedAt: Date | null;
  lockedUntil: Date | null;
};

/** How many users of an organization are alike in what a change of policy would mean to them. */
export type UserGroup = {
  policy: Policy | null;
  /** 0, 1, or 2 for two and more. */
  factors: number;
  /** Where they last were let in; null for users who never were. */
  app: string | null;
  appVersion: string | null;
  users: number;
};

/** One API key of a calling backend; `name` is the client that results are issued to. */
export type Client = {
  id: string;
  name: string;
  scopes: string[];
  createdAt: Date;
  revokedAt: Date | null;
};

export type Confirmation = {
  /** The challenge's own verification of an active factor, without which nothing may be added. */
  alreadyVerified: boolean;
  factor: Pick<Factor, 'id' | 'method' | 'address'>;
  /** Becomes active with the factor; its push token leaves whoever had it. */
  device: Device | null;
};
