import type { AuditEvent } from '../audit/audit.ts';
import type { Organization } from '../people.ts';

/** Organizations and their policies. PostgreSQL. */
export interface Organizations {
  /** Null for an organization that nobody has set. */
  find(id: string): Promise<Organization | null>;
  /** Creates or replaces it. `entry` is recorded in the same transaction. */
  save(organization: Organization, entry: AuditEvent): Promise<{ created: boolean }>;
  /**
   * Removes it with all its users. The audit trail keeps pseudonyms, no addresses and no hints. May take minutes, and
   * may be repeated. The last transaction removes the organization and records `entry`.
   */
  erase(id: string, pseudonymOf: (userId: string) => string, entry: AuditEvent): Promise<void>;
}
