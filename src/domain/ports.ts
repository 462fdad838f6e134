/**
 * What the domain needs from the outside world. Each adapter satisfies one of these; the
 * composition root hands all of them out as one {@link Deps}.
 *
 * Every port rejects with the problem `unavailable` when what stands behind it does not answer
 * within its time limit; nothing else a port throws is expected.
 */
import type { AuditEvent, RecordedEvent } from './audit.ts';
import type { Challenge, Code, DeviceSeen } from './challenge.ts';
import type { Fingerprint, Pseudonyms } from './pseudonym.ts';

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
  device: DeviceSeen | null;
};

/** Organizations, users, factors, devices and API keys: what outlives a login. PostgreSQL. */
export interface Directory {
  findOrganization(id: string): Promise<Organization | null>;
  /** Makes or replaces it; `created` tells which. */
  saveOrganization(organization: Organization): Promise<{ created: boolean }>;
  /** One query, also for a user or an organization never seen. */
  loadUser(key: UserKey): Promise<User>;
  /**
   * Makes a factor active: primary when it is the user's first, else secondary. Atomic against
   * every other change to the same user's factors.
   *
   * @returns `verification-required` when meanwhile the user got an active factor that this
   *   challenge has not verified; `factor-exists` when he has this very one; `too-many-factors`
   *   when he has as many as there may be.
   */
  confirmFactor(
    user: UserKey,
    confirmation: Confirmation,
  ): Promise<'confirmed' | 'verification-required' | 'factor-exists' | 'too-many-factors'>;
  /** Makes a factor the primary and the primary a secondary, in one step. */
  promoteFactor(user: UserKey, factorId: string): Promise<'promoted' | 'not-found'>;
  /**
   * Removes a factor; of a primary, the oldest secondary takes the place, in the same step.
   *
   * @returns `last-factor`, with nothing removed, for the last one when `keepLast`.
   */
  removeFactor(
    user: UserKey,
    factorId: string,
    keepLast: boolean,
  ): Promise<'removed' | 'not-found' | 'last-factor'>;
  /**
   * Removes every factor and device, and forgets that setting one up or a backup was declined: a
   * phone that was lost must not get the codes of what is set up next.
   */
  resetFactors(user: UserKey): Promise<void>;
  /** Makes the row of a user who was seen for the first time; nothing in an unknown organization. */
  noteUser(user: UserKey): Promise<void>;
  /** @returns false when the organization is unknown. Null takes the user's own policy away. */
  setUserPolicy(user: UserKey, policy: Policy | null): Promise<boolean>;
  /** By user id, in the order of the database; `after` is the last id of the page before. */
  listUsers(query: {
    organizationId: string;
    state: UserState | null;
    after: string | null;
    limit: number;
  }): Promise<ListedUser[]>;
  /** All users seen so far, counted; the last app from the audit trail. */
  groupUsers(organizationId: string): Promise<UserGroup[]>;
  /**
   * Puts a wrong guess on the user's account, in the same step as it is counted; when that makes
   * `mostLong` long ones within 24 hours, the user is locked until the oldest of those is 24 hours
   * old. For good when it resolves.
   *
   * @returns the account with this guess, and until when the user is locked, if so; `recent` counts
   *   the guesses of both kinds of the last 24 hours.
   */
  recordWrongGuess(
    user: UserKey,
    guess: WrongGuess,
    mostLong: number,
  ): Promise<GuessAccount & { recent: number; lockedUntil: Date | null }>;
  /** Takes the wrong guesses of a challenge off the account: it was approved. */
  takeOffGuesses(user: UserKey, challengeId: string): Promise<void>;
  /** Lifts a lock and clears the account of wrong guesses; fine when there is neither. */
  unlock(user: UserKey): Promise<void>;
  /**
   * Removes every row of the user, and puts `pseudonym` in the place of the user id in the audit
   * trail, as subject and as actor, without addresses and hints. May take seconds.
   */
  eraseUser(user: UserKey, pseudonym: string): Promise<void>;
  /** The same for the organization and every id in its part of the trail. May take minutes. */
  eraseOrganization(id: string, pseudonymOf: (userId: string) => string): Promise<void>;
  /** Remembers that setting up a factor was put off (`primary`) or a backup declined (`backup`). */
  recordSkip(user: UserKey, step: 'primary' | 'backup'): Promise<void>;
  /**
   * Makes a device receive codes, or refreshes its token; the token leaves whoever had it. Of more
   * than there may be, the one that was heard of longest ago goes.
   */
  activateDevice(user: UserKey, device: DeviceSeen): Promise<void>;
  /** Refreshes a device that is known; false when it is not. The token leaves whoever had it. */
  refreshDevice(user: UserKey, device: DeviceSeen): Promise<boolean>;
  /** @returns false when it was not known. */
  forgetDevice(user: UserKey, deviceId: string): Promise<boolean>;
  /** Forgets devices whose push token the provider says is gone. */
  forgetDevices(user: UserKey, pushTokens: string[]): Promise<void>;
  /** Also a revoked key is found: the caller looks at `revokedAt`. */
  findClientKey(id: string): Promise<(Client & { keyHash: Uint8Array }) | null>;
  listClients(): Promise<Client[]>;
  createClient(client: {
    id: string;
    name: string;
    scopes: string[];
    keyHash: Uint8Array;
  }): Promise<void>;
  /** @returns false when there is no such key. Revoking twice is fine. */
  revokeClient(id: string): Promise<boolean>;
  /** Resolves when the database answers and knows every migration. */
  ping(): Promise<void>;
}

/** What happened, kept for those who ask later. PostgreSQL. */
export interface AuditTrail {
  /** Resolves when it is on disk: to be awaited before the answer that it is about. */
  record(event: AuditEvent): Promise<void>;
  /** Newest first; `before` is the id of the last event of the page before. */
  list(query: {
    organizationId: string;
    userId: string | null;
    before: string | null;
    limit: number;
  }): Promise<RecordedEvent[]>;
  /** Removes what happened before `moment`, a bounded number at a time until none is left. */
  prune(moment: Date): Promise<void>;
}

/** Where a client wants to hear of what concerns its users; one endpoint a client. */
export type WebhookEndpoint = { client: string; url: string; createdAt: Date };

/** Endpoints of webhooks, as an operator sets them. PostgreSQL. */
export interface WebhookEndpoints {
  /**
   * Makes or replaces the endpoint of a client; what is still in the outbox goes there too.
   *
   * @returns the secret that signs its messages (`whsec_…`), new each time: shown this once.
   */
  set(client: string, url: string): Promise<string>;
  /** By name of the client. */
  list(): Promise<WebhookEndpoint[]>;
  /** With what was still to be sent there; false when there was no such endpoint. */
  remove(client: string): Promise<boolean>;
}

/** What an endpoint is told: an event of the audit trail, without network addresses. */
export type Alert = {
  type: AuditEvent['type'];
  /** RFC 3339, in UTC. */
  timestamp: string;
  data: Pick<AuditEvent, 'organizationId' | 'userId' | 'challengeId' | 'details'>;
};

/** An alert on its way to one endpoint. */
export type OutboxMessage = {
  id: string;
  url: string;
  /** Signs it: `whsec_` and base64. */
  secret: string;
  /** The same at every attempt, and no other message's. */
  webhookId: string;
  payload: Alert;
  /** How many came before this one. */
  attempts: number;
  createdAt: Date;
};

/** Brings an alert to its endpoint. */
export interface WebhookSender {
  /** Once, within its own time limit. @throws Error in one line, when it was not taken. */
  send(message: OutboxMessage): Promise<void>;
}

/** Alerts that are still to be sent: `AuditTrail.record` puts them here. PostgreSQL. */
export interface Outbox {
  /**
   * Takes up to `limit` messages that are due, longest due first. Nobody else gets them within
   * `leaseMs`; then they are due again, unless one of the following has been said of them.
   */
  claim(limit: number, leaseMs: number): Promise<OutboxMessage[]>;
  /** It arrived. */
  done(id: string): Promise<void>;
  /** It did not arrive: due again in `delayMs`. */
  retry(id: string, delayMs: number): Promise<void>;
  /** It will not arrive, and is dropped: the audit trail still has the event. */
  giveUp(id: string): Promise<void>;
}

/** Where a challenge is kept: ids alone, so that any replica can find it. */
export type ChallengeRef = UserKey & { id: string };

/** A challenge as it stood at `now`, milliseconds since 1970 on the store's own clock. */
export type Seen = { challenge: Challenge; now: number };

export type NewChallenge = Omit<Challenge, 'version' | 'createdAt' | 'expiresAt'>;

/** Fields to replace, as a whole each. */
export type ChallengePatch = Partial<
  Omit<Challenge, 'id' | 'organizationId' | 'userId' | 'version' | 'createdAt' | 'wrongGuesses'>
>;

export type GuessOutcome =
  /** The code was right, and is used up: exactly one guess at a code is ever told so. */
  | 'right'
  /** Looked at and wrong; counted. */
  | 'wrong'
  /** Not looked at: all its attempts are used. */
  | 'exhausted'
  /** Not looked at: its time is over. */
  | 'expired'
  /** Not looked at: another code, or none, is in play; or it is unknown how many were wrong. */
  | 'superseded'
  /** Not looked at: the user's account of wrong guesses is full for codes of this kind. */
  | 'account-full';

/** How many wrong guesses of each kind an account takes before it is full. */
export type GuessLimits = GuessAccount;

/**
 * Challenges, codes and counters: what lives for minutes. Redis. One clock, the store's, decides
 * what has expired; every operation is atomic, and nothing is kept longer than its time.
 */
export interface ChallengeStore {
  /** Keeps it for `lifetimeMs` (integer milliseconds), which sets `createdAt` and `expiresAt`. */
  create(challenge: NewChallenge, lifetimeMs: number): Promise<Seen>;
  /** Null when it never was, or is over and forgotten. */
  read(ref: ChallengeRef): Promise<Seen | null>;
  /**
   * Replaces the fields of `patch` if the challenge is still at `version`, and returns it as it
   * now stands, its version one higher; `conflict` when it has moved on, null when it is gone.
   * `keepMs` keeps it at least that long from now on.
   */
  change(
    ref: ChallengeRef,
    version: number,
    patch: ChallengePatch,
    keepMs?: number,
  ): Promise<Seen | 'conflict' | null>;
  /**
   * Counts, compares and consumes in one step. A guess is counted before it is compared: on the
   * challenge's `attemptsRemaining` and, when wrong, its `wrongGuesses` and, in the same step, the
   * user's account of the code's kind, which all challenges of the user share. A right guess removes
   * `code`. Raises the version whenever anything changed. Without an account (see `openAccount`),
   * or with a full one, nothing is looked at.
   *
   * @param guess `codeId` is the code the caller saw in play, `mac` what a right one would have.
   * @returns null when the challenge is gone.
   */
  guess(
    ref: ChallengeRef,
    guess: { codeId: string; mac: string },
    limits: GuessLimits,
  ): Promise<(Seen & { outcome: GuessOutcome }) | null>;
  /**
   * Makes the user's account of wrong guesses known for as long as a challenge of his can live, at
   * least as high as `known`, never lower than it is here already.
   *
   * @returns the account as it now stands.
   */
  openAccount(user: UserKey, known: GuessAccount): Promise<GuessAccount>;
  /** Takes wrong guesses off the account, never below zero; nothing when it is not known here. */
  takeOff(user: UserKey, approved: GuessAccount): Promise<void>;
  /** Sets the account to zero, where it is known. */
  clearAccount(user: UserKey): Promise<void>;
  /** Forgets every challenge of the user at once. */
  forgetUser(user: UserKey): Promise<void>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}

/** How many sendings one subject may cause within a sliding window. */
export type Budget = {
  name: string;
  /** Whose it is: nothing personal that is not hashed. */
  subject: string;
  limit: number;
  windowMs: number;
};

/** Budgets of sending, shared by all replicas. Redis. */
export interface Quotas {
  /**
   * Takes one of each budget under the name `member`, or none of any. Atomic for each budget.
   *
   * @returns null when taken; else in how many milliseconds all of them could be.
   */
  take(budgets: readonly Budget[], member: string): Promise<number | null>;
  /** Gives back what was taken under these names. */
  giveBack(
    budgets: readonly Pick<Budget, 'name' | 'subject'>[],
    members: readonly string[],
  ): Promise<void>;
}

/** One code on its way to a user. */
export type CodeMessage = {
  challengeId: string;
  /** The digits in clear: to be delivered and forgotten, never logged. */
  code: string;
  expiresAt: Date;
  /** BCP 47, of the user's screens. */
  language: string;
  /** BCP 47, of the organization. */
  voiceLanguage: string;
  /** The factor's address: an E.164 number for `call`. */
  address: string;
  /** The devices of the user, for methods that reach devices. */
  devices: Device[];
};

export type Delivery = {
  delivery: 'accepted' | 'failed';
  /** Push tokens that the provider says no longer exist. */
  goneTokens?: string[];
};

/** News that no one waits for: what changed, for the devices that were there before. */
export type Notice = {
  about: 'factor-added' | 'factor-removed';
  /** Of the factor: nothing that is not shown elsewhere. */
  hint: string;
  /** BCP 47. */
  language: string;
  devices: Device[];
};

/** One way of bringing a code to a user: the method's name and how it is done. */
export interface Channel {
  readonly method: string;
  /** A word for logs and the start-up lines: `twilio`, `fcm`, `console`. */
  readonly provider: string;
  /**
   * Asks the provider once, never again for the same code. Resolves within its own time limit,
   * also when the provider fails: `accepted` only when it took the message.
   */
  deliver(message: CodeMessage): Promise<Delivery>;
  /** Tells devices, where the channel reaches any; within its time limit, failing quietly. */
  notify?(notice: Notice): Promise<void>;
}

/** Makes codes and what is kept of them in their place. */
export interface CodeVault {
  /** `length` random digits. */
  newCode(length: number): string;
  /**
   * The code as the store may keep it: an HMAC bound to the challenge, the factor and this very
   * sending. `keyId` names the key, so that a rotation leaves codes in flight alone.
   *
   * @returns null when `keyId` is no longer among the keys.
   */
  mac(code: string, binding: CodeBinding, keyId?: string): { mac: string; keyId: string } | null;
}

export type CodeBinding = { challengeId: string; codeId: string; factorId: Code['factorId'] };

/** Words for people who operate the service; never a code, a token or a full number. */
export interface Log {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** How many codes may be sent; "unapproved" are those that led to no approval. */
export type SendingLimits = {
  userUnapprovedPerQuarter: number;
  userPerHour: number;
  userPerDay: number;
  numberUnapprovedPerHour: number;
  numberPerDay: number;
  organizationPerHour: number;
  /** What the telephony account places without queueing. */
  callsPerSecond: number;
};

/** The numbers and choices an operator sets. */
export type Settings = {
  /** Methods offered, in the order a screen lists them. */
  methods: string[];
  codeTtlMs: number;
  codeAttempts: number;
  challengeTtlMs: number;
  /** The first version of each app that has the screens for a second factor. */
  minimumAppVersions: ReadonlyMap<string, string>;
  /** ISO 3166-1 alpha-2 codes of the countries that may be called. */
  callCountries: ReadonlySet<string>;
  /** E.164 beginnings, with the plus, that are never called. */
  callDenyPrefixes: readonly string[];
  /** Wrong guesses after which an account is full: of 4-digit codes, of 8-digit ones. */
  guessLimits: GuessLimits;
  sending: SendingLimits;
};

export type Deps = {
  settings: Settings;
  directory: Directory;
  trail: AuditTrail;
  challenges: ChallengeStore;
  quotas: Quotas;
  channels: ReadonlyMap<string, Channel>;
  codes: CodeVault;
  pseudonyms: Pseudonyms;
  fingerprint: Fingerprint;
  log: Log;
};
