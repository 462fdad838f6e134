import { hash, randomBytes } from 'node:crypto';
import type { UserKey } from '../people.ts';

const form = /^[\w-]{43}$/;

/** Whose token it is: of a user, at a client. */
export type TokenOwner = UserKey & { client: string };

/** 256 random bits. */
export function newDeviceToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Another user or client never has the same hash. Null for a text that cannot be a token. */
export function deviceTokenHash(
  { organizationId, userId, client }: TokenOwner,
  token: string,
): string | null {
  if (!form.test(token)) return null;
  // So many random bits need no slow hash and no key.
  return hash('sha256', [organizationId, userId, client, token].join('\0'), 'base64url');
}
