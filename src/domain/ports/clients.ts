import type { AuditEvent } from '../audit/audit.ts';
import type { Client } from '../people.ts';

export type StoredKey = Client & { keyHash: Uint8Array };

type NewClient = Omit<StoredKey, 'createdAt' | 'revokedAt'>;

/** API keys of the backends that call us. PostgreSQL. */
export interface Clients {
  /** Those there are of these keys, revoked ones too: the caller looks at `revokedAt`. */
  findKeys(ids: readonly string[]): Promise<StoredKey[]>;
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
