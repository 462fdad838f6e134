import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import {
  deriveBytes,
  deriveKey,
  type Purpose,
  type Secret,
  type SecretRing,
} from '../domain/secrets/keys.ts';

/** A sealed value opens nowhere else, so nobody can swap the numbers of two users in a store. */
export type Place = readonly [table: string, column: string, ...row: string[]];

/** Keeps values in a store unreadable without the secrets. */
export type Sealing = {
  /** Encrypts under the current secret: `kid.2.value`, where 2 is the form. */
  seal(text: string, place: Place): string;
  /** @throws when it was sealed for another place, or under an unknown secret. */
  open(sealed: string, place: Place): string;
  /** Keyed hashes to find equal texts: one for each secret, the current one first. */
  hashes(text: string, place: Place): [string, ...string[]];
  /** Whether it uses the current secret and form. */
  isCurrent(sealed: string): boolean;
  /** Our secrets by name, the current one first. The hash distinguishes secrets of the same name. */
  keys: readonly { kid: string; keyHash: string }[];
};

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** The form with a key for each column. Older values have no form and share one key. */
const form = '2';

export function sealing(secrets: SecretRing): Sealing {
  const [current, ...others] = secrets;
  const keyOf = sealingKeys(secrets);
  const hashCurrent = hashUnder(current);
  const hashOthers = others.map(hashUnder);
  const prefix = `${current.kid}.${form}.`;
  return {
    seal: (text, place) => prefix + encrypt(keyOf(current.kid, purposeOf(place)), text, place),
    open(sealed, place) {
      const [kid = '', second = '', value] = sealed.split('.');
      if (value === undefined) return decrypt(keyOf(kid, 'seal'), second, place);
      if (second !== form) throw new Error('A value is sealed in a form that is not known here');
      return decrypt(keyOf(kid, purposeOf(place)), value, place);
    },
    hashes: (text, place) => [
      hashCurrent(text, place),
      ...hashOthers.map((hash) => hash(text, place)),
    ],
    isCurrent: (sealed) => sealed.startsWith(prefix),
    keys: secrets.map((secret) => ({ kid: secret.kid, keyHash: keyHash(secret) })),
  };
}

type SealingPurpose = Extract<Purpose, 'seal' | `seal ${string}`>;

function purposeOf([table, column]: Place): SealingPurpose {
  return `seal ${table}.${column}`;
}

/** The key of a secret for a purpose, derived once. */
function sealingKeys(secrets: SecretRing) {
  const byKid = new Map(secrets.map((secret) => [secret.kid, secret]));
  const derived = new Map<string, KeyObject>();
  return (kid: string, purpose: SealingPurpose): KeyObject => {
    const secret = byKid.get(kid);
    if (!secret) throw new Error('A value is sealed under a secret that is not among SECRETS');
    const name = `${kid} ${purpose}`;
    const key = derived.get(name) ?? deriveKey(secret, purpose);
    derived.set(name, key);
    return key;
  };
}

function keyHash(secret: Secret): string {
  return createHash('sha256').update(deriveBytes(secret, 'seal check')).digest('base64url');
}

/** For commands that never seal or open anything. */
export const withoutSecrets: Sealing = {
  seal: refuse,
  open: refuse,
  hashes: refuse,
  isCurrent: refuse,
  keys: [],
};

function refuse(): never {
  throw new Error('This needs SECRETS');
}

function encrypt(key: KeyObject, text: string, place: Place): string {
  const iv = randomBytes(ivBytes);
  const sealer = createCipheriv(cipher, key, iv, { authTagLength: tagBytes });
  sealer.setAAD(additionalData(place));
  const parts = [iv, sealer.update(text, 'utf8'), sealer.final(), sealer.getAuthTag()];
  return Buffer.concat(parts).toString('base64url');
}

function decrypt(key: KeyObject, value: string, place: Place): string {
  const bytes = Buffer.from(value, 'base64url');
  const iv = bytes.subarray(0, ivBytes);
  const opener = createDecipheriv(cipher, key, iv, { authTagLength: tagBytes });
  opener.setAAD(additionalData(place));
  opener.setAuthTag(bytes.subarray(-tagBytes));
  const text = opener.update(bytes.subarray(ivBytes, -tagBytes));
  return Buffer.concat([text, opener.final()]).toString('utf8');
}

function hashUnder(secret: Secret) {
  const key = deriveKey(secret, 'fingerprint');
  return (text: string, place: Place): string =>
    createHmac('sha256', key).update(additionalData(place)).update(text).digest('base64url');
}

/** JSON is unambiguous: no text can extend a place. */
function additionalData(place: Place): Buffer {
  return Buffer.from(JSON.stringify(place), 'utf8');
}
