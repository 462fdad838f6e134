import type { DeviceSeen } from '../challenge.ts';
import type {
  Client,
  Confirmation,
  GuessAccount,
  ListedUser,
  Organization,
  Policy,
  User,
  UserGroup,
  UserKey,
  UserState,
  WrongGuess,
} from './people.ts';

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
