import type { AuditEvent } from '../audit/audit.ts';
import type { Client } from '../people.ts';

export type StoredKey = Client & { keyHash: Uint8Array };

type NewClient = Omit<StoredKey, 'createdAt' | 'revokedAt'>;

/** API keys of the backends that call us. PostgreSQL. */
export interface Clients {
  /** Those of these keys that exist. Revoked ones too: check `revokedAt`. */
  findKeys(ids: readonly string[]): Promise<StoredKey[]>;
  list(): Promise<Client[]>;
  /** `entry` is recorded in the same transaction. */
  create(client: NewClient, entry: AuditEvent): Promise<void>;
  /** May be repeated. `entry` is recorded in the same transaction. @returns false when there is no such key. */
  revoke(id: string, entry: AuditEvent): Promise<boolean>;
}
