import type { AuditEvent } from '../audit/audit.ts';
import type { Organization } from '../people.ts';

/** Organizations and their policies. PostgreSQL. */
export interface Organizations {
  /** Null for an organization that nobody has set. */
  find(id: string): Promise<Organization | null>;
  /** Creates or replaces it; `created` says which. `entry` is recorded in the same transaction. */
  save(organization: Organization, entry: AuditEvent): Promise<{ created: boolean }>;
  /**
   * Removes it with all its users. The audit trail keeps a pseudonym for each user id, as subject
   * and as actor, without addresses and hints. This may take minutes. After an interruption it can be
   * repeated. The last step removes the organization itself and records `entry`, in one transaction.
   * When there was no organization, nothing is recorded.
   */
  erase(id: string, pseudonymOf: (userId: string) => string, entry: AuditEvent): Promise<void>;
}
