import type { AuditEvent } from '../audit/audit.ts';
import type { ListedUser, Policy, User, UserGroup, UserKey, UserState } from '../people.ts';

/** Users and what is remembered of them, apart from factors, devices and guesses. PostgreSQL. */
export interface Users {
  /** One query, also for a user or an organization never seen. */
  load(key: UserKey): Promise<User>;
  /** Makes the row of a user who is seen for the first time; nothing in an unknown organization. */
  ensure(user: UserKey): Promise<void>;
  /**
   * Null takes the user's own policy away. `entry` is recorded in the same transaction.
   *
   * @returns false, with nothing recorded, when the organization is unknown.
   */
  setPolicy(user: UserKey, policy: Policy | null, entry: AuditEvent): Promise<boolean>;
  /** By user id, in the order of the database; `after` is the last id of the page before. */
  list(query: {
    organizationId: string;
    state: UserState | null;
    after: string | null;
    limit: number;
  }): Promise<ListedUser[]>;
  /** All users seen so far, counted; the last app from the audit trail. */
  group(organizationId: string): Promise<UserGroup[]>;
  /**
   * Remembers that setting up a factor was put off (`primary`) or a backup declined (`backup`).
   * `entry` is recorded in the same transaction.
   */
  recordSkip(user: UserKey, step: 'primary' | 'backup', entry: AuditEvent): Promise<void>;
  /**
   * Removes every row of the user. The audit trail keeps `pseudonym` in the place of the user id,
   * as subject and as actor, without addresses and hints. May take seconds, and
   * may be done again after it broke off. `entry` is recorded in the transaction that removes the
   * user themself, the last step.
   */
  erase(user: UserKey, pseudonym: string, entry: AuditEvent): Promise<void>;
}
