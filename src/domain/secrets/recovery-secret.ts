import { hash, randomBytes } from 'node:crypto';
import type { UserKey } from '../people.ts';

/** Crockford's alphabet, without letters that look like another sign. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const length = 16;

/** 80 random bits, in groups: `7K2M-9QXD-04TR-HN6V`. */
export function newRecoverySecret(): string {
  const signs = Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]);
  return signs.join('').replace(/(.{4})(?=.)/g, '$1-');
}

/** Its hash for one user. Null for a text that cannot be one, whatever its case, spaces and dashes. */
export function recoveryHash({ organizationId, userId }: UserKey, typed: string): string | null {
  const signs = typed
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (signs.length !== length || [...signs].some((sign) => !alphabet.includes(sign))) return null;
  // So many random bits need no slow hash and no key.
  return hash('sha256', [organizationId, userId, signs].join('\0'), 'base64url');
}
