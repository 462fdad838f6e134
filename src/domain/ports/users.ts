import type { AuditEvent } from '../audit/audit.ts';
import type { ListedUser, Policy, User, UserGroup, UserKey, UserState } from '../people.ts';

/** Users, without their factors, devices and guesses. PostgreSQL. */
export interface Users {
  /** One query, also for an unknown user or organization. */
  load(key: UserKey): Promise<User>;
  /** Creates the row of a user. Does nothing in an unknown organization. */
  ensure(user: UserKey): Promise<void>;
  /** Records the challenge in which a known user adds a factor. @returns the id of the previous one. */
  beginAddition(user: UserKey, challengeId: string): Promise<string | null>;
  /**
   * Null removes the user's own policy. `entry` is recorded in the same transaction.
   *
   * @returns false when the organization is unknown.
   */
  setPolicy(user: UserKey, policy: Policy | null, entry: AuditEvent): Promise<boolean>;
  /** Ordered by user id. `after` is the last id of the previous page. `methods`: those offered, by default all. */
  list(query: {
    organizationId: string;
    state: UserState | null;
    after: string | null;
    limit: number;
    methods?: readonly string[];
  }): Promise<ListedUser[]>;
  /** Counts all known users. Their app comes from the audit trail. */
  group(organizationId: string, methods: string[]): Promise<UserGroup[]>;
  /** How many users have factors, but none of these methods. Takes seconds. */
  countWithout(methods: string[]): Promise<number>;
  /**
   * Removes every row of the user. The audit trail keeps `pseudonym`, no addresses and no hints. May take seconds,
   * and may be repeated. The last transaction removes the user and records `entry`.
   */
  erase(user: UserKey, pseudonym: string, entry: AuditEvent): Promise<void>;
}
