import { createHmac } from 'node:crypto';
import type { UserKey } from '../people.ts';
import { deriveKey, type SecretRing } from './keys.ts';

/** Replaces the id of an erased user in the audit trail. Constant and irreversible. */
export type Pseudonyms = (user: UserKey) => string;

/** A keyed hash, to compare addresses without storing them. */
export type Fingerprint = (text: string) => string;

export function fingerprints(secrets: SecretRing): Fingerprint {
  const key = deriveKey(secrets[0], 'quota');
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}

export function pseudonyms(secrets: SecretRing): Pseudonyms {
  const key = deriveKey(secrets[0], 'pseudonym');
  return ({ organizationId, userId }) => {
    const digest = createHmac('sha256', key).update(`${organizationId}\0${userId}`).digest();
    return `erased-${digest.subarray(0, 16).toString('base64url')}`;
  };
}
