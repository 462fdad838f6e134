import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { deriveKey, type Secret, type SecretRing } from '../domain/secrets/keys.ts';

/**
 * Where a sealed value stands: table, column and what names the row. It opens nowhere else, so
 * that whoever can write to a store cannot put one user's number in the place of another's.
 */
export type Place = readonly [table: string, column: string, ...row: string[]];

/** Keeps what must not be stolen unreadable to whoever has the store without the secrets. */
export type Sealing = {
  /** Encrypted under the current secret, whose `kid` stands before it. */
  seal(text: string, place: Place): string;
  /** @throws when it was not sealed for this place, or under a secret that is not among ours. */
  open(sealed: string, place: Place): string;
  /** What two equal texts have in common: a keyed hash under every secret, the current one first. */
  hashes(text: string, place: Place): [string, ...string[]];
  /** Whether it is under the current secret. */
  isCurrent(sealed: string): boolean;
};

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

export function sealing(secrets: SecretRing): Sealing {
  const keys = new Map(secrets.map((secret) => [secret.kid, deriveKey(secret, 'seal')]));
  const [current, ...others] = secrets;
  const hashCurrent = hashUnder(current);
  const hashOthers = others.map(hashUnder);
  return {
    seal: (text, place) => `${current.kid}.${encrypt(keyOf(keys, current.kid), text, place)}`,
    open(sealed, place) {
      const [kid = '', value = ''] = sealed.split('.');
      return decrypt(keyOf(keys, kid), value, place);
    },
    hashes: (text, place) => [
      hashCurrent(text, place),
      ...hashOthers.map((hash) => hash(text, place)),
    ],
    isCurrent: (sealed) => sealed.startsWith(`${current.kid}.`),
  };
}

/** For commands that neither seal nor open anything: they need no secrets. */
export const withoutSecrets: Sealing = {
  seal: refuse,
  open: refuse,
  hashes: refuse,
  isCurrent: refuse,
};

function refuse(): never {
  throw new Error('This needs SECRETS');
}

function keyOf(keys: ReadonlyMap<string, Buffer>, kid: string): Buffer {
  const key = keys.get(kid);
  if (!key) throw new Error('A value is sealed under a secret that is not among SECRETS');
  return key;
}

function encrypt(key: Buffer, text: string, place: Place): string {
  const iv = randomBytes(ivBytes);
  const sealer = createCipheriv(cipher, key, iv, { authTagLength: tagBytes });
  sealer.setAAD(named(place));
  const parts = [iv, sealer.update(text, 'utf8'), sealer.final(), sealer.getAuthTag()];
  return Buffer.concat(parts).toString('base64url');
}

function decrypt(key: Buffer, value: string, place: Place): string {
  const bytes = Buffer.from(value, 'base64url');
  const iv = bytes.subarray(0, ivBytes);
  const opener = createDecipheriv(cipher, key, iv, { authTagLength: tagBytes });
  opener.setAAD(named(place));
  opener.setAuthTag(bytes.subarray(-tagBytes));
  const text = opener.update(bytes.subarray(ivBytes, -tagBytes));
  return Buffer.concat([text, opener.final()]).toString('utf8');
}

function hashUnder(secret: Secret) {
  const key = deriveKey(secret, 'fingerprint');
  return (text: string, place: Place): string =>
    createHmac('sha256', key).update(named(place)).update(text).digest('base64url');
}

/** As JSON, no two places are written alike, and none ends where a text could go on. */
function named(place: Place): Buffer {
  return Buffer.from(JSON.stringify(place), 'utf8');
}
