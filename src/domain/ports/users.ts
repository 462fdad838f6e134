import type { AuditEvent } from '../audit/audit.ts';
import type { ListedUser, Policy, User, UserGroup, UserKey, UserState } from '../people.ts';

/** Without their factors, devices and guesses. `entry` is recorded in the same transaction. PostgreSQL. */
export interface Users {
  /** One query, also for an unknown user or organization. */
  load(key: UserKey): Promise<User>;
  /** Does nothing in an unknown organization. */
  ensure(user: UserKey): Promise<void>;
  /** In which a known user adds a factor. @returns the id of the previous one. */
  beginAddition(user: UserKey, challengeId: string): Promise<string | null>;
  /** Null removes the user's own policy. @returns false when the organization is unknown. */
  setPolicy(user: UserKey, policy: Policy | null, entry: AuditEvent): Promise<boolean>;
  /** Ordered by user id. `after` is the last id of the previous page. `methods`: those offered, by default all. */
  list(query: {
    organizationId: string;
    state: UserState | null;
    after: string | null;
    limit: number;
    methods?: readonly string[];
  }): Promise<ListedUser[]>;
  /** The app comes from the audit trail. */
  group(organizationId: string, methods: string[]): Promise<UserGroup[]>;
  /** How many users have factors, but none of these methods. Takes seconds. */
  countWithout(methods: string[]): Promise<number>;
  /** The trail keeps `pseudonym`, no addresses and no hints. Takes seconds, and may be repeated. */
  erase(user: UserKey, pseudonym: string, entry: AuditEvent): Promise<void>;
}
