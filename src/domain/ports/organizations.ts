import type { AuditEvent } from '../audit/audit.ts';
import type { Mode } from '../mode.ts';
import type { Organization } from '../people.ts';

/** `entry` is recorded in the same transaction. PostgreSQL. */
export interface Organizations {
  find(id: string): Promise<Organization | null>;
  /** Ordered by id. `after` is the last id of the previous page. */
  list(query: { mode: Mode; after: string | null; limit: number }): Promise<Organization[]>;
  save(organization: Organization, entry: AuditEvent): Promise<{ created: boolean }>;
  /** Changes at the same time run one after the other: none is lost. Null when nobody has set it. */
  change(
    id: string,
    change: (current: Organization) => Organization,
    entryOf: (changed: Organization) => AuditEvent,
  ): Promise<Organization | null>;
  /** Also erases its users. The trail keeps pseudonyms, no addresses, no hints. Takes minutes; may be repeated. */
  erase(id: string, pseudonymOf: (userId: string) => string, entry: AuditEvent): Promise<void>;
}
