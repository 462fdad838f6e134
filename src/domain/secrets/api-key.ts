import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Client } from '../people.ts';
import type { Clients } from '../ports/clients.ts';

/** What a client may do: `challenges`, a user's own settings, everything. */
export const scopes = ['challenges', 'users', 'admin'] as const;

export type Scope = (typeof scopes)[number];

const form = /^dck_([0-9a-f]{16})_([\w-]{43})$/;

/**
 * Makes a key for a client. It is shown once, because only its hash is stored. The secret is 32 random
 * bytes, so a fast hash is as good as a slow one.
 *
 * @param entryFor makes the entry of the audit trail, given the key's id.
 */
export async function createApiKey(
  clients: Clients,
  { name, scopes }: Pick<Client, 'name' | 'scopes'>,
  entryFor: (id: string) => Parameters<Clients['create']>[1],
): Promise<string> {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  await clients.create({ id, name, scopes, keyHash: hash(secret) }, entryFor(id));
  return `dck_${id}_${secret}`;
}

/** The parts of a key that a caller sent. Null when it is not a key. */
export function parseApiKey(key: string): { id: string; secret: string } | null {
  const [, id, secret] = form.exec(key) ?? [];
  return id && secret ? { id, secret } : null;
}

export function keyMatches(secret: string, keyHash: Uint8Array): boolean {
  const presented = hash(secret);
  return presented.length === keyHash.length && timingSafeEqual(presented, keyHash);
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
