import type { AuditEvent } from '../audit/audit.ts';
import type { Client } from '../people.ts';

type NewClient = { id: string; name: string; scopes: string[]; keyHash: Uint8Array };

/** API keys of the backends that call us. PostgreSQL. */
export interface Clients {
  /** Finds a revoked key too: the caller looks at `revokedAt`. */
  findKey(id: string): Promise<(Client & { keyHash: Uint8Array }) | null>;
  list(): Promise<Client[]>;
  /** `entry` goes into the audit trail in the same transaction. */
  create(client: NewClient, entry: AuditEvent): Promise<void>;
  /**
   * Revoking twice is fine. `entry` goes into the audit trail in the same transaction.
   *
   * @returns false, with nothing recorded, when there is no such key.
   */
  revoke(id: string, entry: AuditEvent): Promise<boolean>;
}
