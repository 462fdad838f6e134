import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Mode, modeOf } from '../mode.ts';
import type { Client } from '../people.ts';
import type { Clients } from '../ports/clients.ts';

/** `admin` covers policies and users, but not `recovery`: passes for a lost phone. */
export const scopes = ['challenges', 'users', 'admin', 'recovery'] as const;

export type Scope = (typeof scopes)[number];

const prefixes: Record<Mode, string> = { live: 'dck', test: 'dct' };

/** Older keys have no checksum. */
const form = /^(dck|dct)_([0-9a-f]{16})_([\w-]{43})([\w-]{6})?$/;

/** It is shown once: only its hash is stored. The secret is 32 random bytes, so a fast hash is enough. */
export async function createApiKey(
  clients: Clients,
  client: Pick<Client, 'name' | 'scopes'> & Partial<Pick<Client, 'organizations'>>,
  entryFor: (id: string) => Parameters<Clients['create']>[1],
): Promise<string> {
  const { name, scopes, organizations = null } = client;
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  const stored = { id, name, scopes, organizations, keyHash: sha256(secret) };
  await clients.create(stored, entryFor(id));
  const prefix = prefixes[modeOf(name)];
  return `${prefix}_${id}_${secret}${checksum(prefix, id, secret)}`;
}

export function parseApiKey(key: string): { id: string; secret: string; mode: Mode } | null {
  const [, prefix, id, secret, check] = form.exec(key) ?? [];
  if (!prefix || !id || !secret) return null;
  const mode = prefix === prefixes.test ? 'test' : 'live';
  const intact = check === undefined || check === checksum(prefix, id, secret);
  return intact ? { id, secret, mode } : null;
}

export function keyMatches(secret: string, keyHash: Uint8Array): boolean {
  const presented = sha256(secret);
  return presented.length === keyHash.length && timingSafeEqual(presented, keyHash);
}

/** Detects a mistyped key. Proves nothing: anyone can compute it. */
function checksum(prefix: string, id: string, secret: string): string {
  const checked = prefix === prefixes.live ? `${id}_${secret}` : `${prefix}_${id}_${secret}`;
  return hash('sha256', checked, 'base64url').slice(0, 6);
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
