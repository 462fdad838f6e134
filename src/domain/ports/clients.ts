import type { Client } from '../people.ts';

/** API keys of the backends that call us. PostgreSQL. */
export interface Clients {
  /** Finds a revoked key too: the caller looks at `revokedAt`. */
  findKey(id: string): Promise<(Client & { keyHash: Uint8Array }) | null>;
  list(): Promise<Client[]>;
  create(client: {
    id: string;
    name: string;
    scopes: string[];
    keyHash: Uint8Array;
  }): Promise<void>;
  /** @returns false when there is no such key. Revoking twice is fine. */
  revoke(id: string): Promise<boolean>;
}
