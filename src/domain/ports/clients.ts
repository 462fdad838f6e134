import type { AuditEvent } from '../audit/audit.ts';
import type { Client, ClientSite } from '../people.ts';

export type StoredKey = Client & { keyHash: Uint8Array };

type NewClient = Omit<StoredKey, 'createdAt' | 'revokedAt'>;

/** API keys of the backends that call us. `entry` is recorded in the same transaction. PostgreSQL. */
export interface Clients {
  /** Those of these keys that exist. Revoked ones too: check `revokedAt`. */
  findKeys(ids: readonly string[]): Promise<StoredKey[]>;
  list(): Promise<Client[]>;
  create(client: NewClient, entry: AuditEvent): Promise<void>;
  /** May be repeated. @returns false when there is no such key. */
  revoke(id: string, entry: AuditEvent): Promise<boolean>;
  /** Of all clients: a deployment has a few. */
  listSites(): Promise<ClientSite[]>;
  /** May be repeated. @returns false when no key has the name of this client. */
  allowSite(site: ClientSite, entry: AuditEvent): Promise<boolean>;
  /** @returns false when it was not allowed. */
  forbidSite(site: ClientSite, entry: AuditEvent): Promise<boolean>;
}
