import type { AuditEvent } from '../audit/audit.ts';
import type { ListedUser, Policy, User, UserGroup, UserKey, UserState } from '../people.ts';

/** Users, without their factors, devices and guesses. PostgreSQL. */
export interface Users {
  /** One query, also for an unknown user or organization. */
  load(key: UserKey): Promise<User>;
  /** Creates the row of a new user. Does nothing in an unknown organization. */
  ensure(user: UserKey): Promise<void>;
  /**
   * Records the challenge in which a user with a row adds a factor.
   *
   * @returns the id of the one before it, whatever became of that. Null when there was none.
   */
  beginAddition(user: UserKey, challengeId: string): Promise<string | null>;
  /**
   * Null removes the user's own policy. `entry` is recorded in the same transaction.
   *
   * @returns false, with nothing recorded, when the organization is unknown.
   */
  setPolicy(user: UserKey, policy: Policy | null, entry: AuditEvent): Promise<boolean>;
  /**
   * Ordered by user id. `after` is the last id of the previous page; `methods` are those that are
   * offered, by default all.
   */
  list(query: {
    organizationId: string;
    state: UserState | null;
    after: string | null;
    limit: number;
    methods?: readonly string[];
  }): Promise<ListedUser[]>;
  /** Counts all known users. Their last app comes from the audit trail. */
  group(organizationId: string, methods: string[]): Promise<UserGroup[]>;
  /** How many users of all organizations have factors, and none of these methods. Takes seconds. */
  countWithout(methods: string[]): Promise<number>;
  /**
   * Removes every row of the user. The audit trail keeps `pseudonym` instead of the user id, as subject
   * and as actor, without addresses and hints. This may take seconds. After an interruption it can be
   * repeated. The last step removes the user row and records `entry`, in one transaction.
   */
  erase(user: UserKey, pseudonym: string, entry: AuditEvent): Promise<void>;
}
