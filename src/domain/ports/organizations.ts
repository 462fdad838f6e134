import type { Organization } from '../people.ts';

/** Organizations and what they ask of their users. PostgreSQL. */
export interface Organizations {
  /** Null for an organization that nobody has set. */
  find(id: string): Promise<Organization | null>;
  /** Makes or replaces it; `created` tells which. */
  save(organization: Organization): Promise<{ created: boolean }>;
  /**
   * Removes it with all its users. The audit trail keeps a pseudonym for each user id, as subject
   * and as actor, without addresses and hints. May take minutes.
   */
  erase(id: string, pseudonymOf: (userId: string) => string): Promise<void>;
}
