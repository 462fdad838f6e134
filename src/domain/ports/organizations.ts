import type { AuditEvent } from '../audit/audit.ts';
import type { Organization } from '../people.ts';

/** Organizations and what they ask of their users. PostgreSQL. */
export interface Organizations {
  /** Null for an organization that nobody has set. */
  find(id: string): Promise<Organization | null>;
  /** Makes or replaces it; `created` tells which. `entry` is recorded in the same transaction. */
  save(organization: Organization, entry: AuditEvent): Promise<{ created: boolean }>;
  /**
   * Removes it with all its users. The audit trail keeps a pseudonym for each user id, as subject
   * and as actor, without addresses and hints. May take minutes, and may be done again after it
   * broke off. `entry` is recorded in the transaction that removes the organization itself, the
   * last step; not when there was none.
   */
  erase(id: string, pseudonymOf: (userId: string) => string, entry: AuditEvent): Promise<void>;
}
