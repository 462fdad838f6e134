import { createPrivateKey, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** A secret of the operator: 32 bytes, and the id that tokens and stored values carry. */
export type Secret = { kid: string; bytes: Buffer };

/** The current secret first. The others still verify. */
export type SecretRing = readonly [Secret, ...Secret[]];

type ModePurpose = 'challenge-token' | 'result-token' | 'code';

export type Purpose =
  | ModePurpose
  | `test ${ModePurpose}`
  | 'test code pad'
  | 'pseudonym'
  | 'fingerprint'
  | 'quota'
  | 'return-proof'
  | 'seal'
  | `seal ${string}`;

/** 32 bytes for one purpose (HKDF, RFC 5869). */
export function deriveBytes(secret: Secret, purpose: Purpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret.bytes, 'doublecheck', purpose, 32));
}

/** The same as a key. Each use of bare bytes would make one anew. */
export function deriveKey(secret: Secret, purpose: Purpose): KeyObject {
  return createSecretKey(deriveBytes(secret, purpose));
}

// The prefix of an Ed25519 private key in PKCS #8 (RFC 8410, section 7).
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export function deriveSigningKey(secret: Secret, purpose: Purpose = 'result-token'): KeyObject {
  const seed = deriveBytes(secret, purpose);
  const key = Buffer.concat([ed25519Prefix, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
