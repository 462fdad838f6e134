import { createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';

/** One secret of the operator: 32 bytes, and the name by which tokens and values refer to it. */
export type Secret = { kid: string; bytes: Buffer };

/** The current secret first; the others still verify. */
export type SecretRing = readonly [Secret, ...Secret[]];

export type Purpose =
  | 'challenge-token'
  | 'result-token'
  | 'code'
  | 'pseudonym'
  | 'fingerprint'
  | 'quota'
  | 'seal'
  | `seal ${string}`;

/** 32 bytes for one purpose (HKDF, RFC 5869), so that a key that leaks opens one door alone. */
export function deriveKey(secret: Secret, purpose: Purpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret.bytes, 'doublecheck', purpose, 32));
}

// RFC 8410, section 7: what stands before the 32 bytes of an Ed25519 private key in PKCS #8.
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 key that signs results. */
export function deriveSigningKey(secret: Secret): KeyObject {
  const seed = deriveKey(secret, 'result-token');
  const key = Buffer.concat([ed25519Prefix, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
