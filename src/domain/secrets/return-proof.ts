import { createHmac } from 'node:crypto';
import { isEqual } from './is-equal.ts';
import { deriveKey, type SecretRing } from './keys.ts';

/** Shows that a browser was at the page when its challenge was approved. */
export type ReturnProofs = {
  make(challengeId: string): string;
  matches(challengeId: string, proof: string): boolean;
};

/** Made from the secrets, so that no store has one. */
export function returnProofs(secrets: SecretRing): ReturnProofs {
  const keys = secrets.map((secret) => deriveKey(secret, 'return-proof'));
  const [current] = keys;
  if (!current) throw new Error('no secret');
  const macOf = (key: typeof current, challengeId: string) =>
    createHmac('sha256', key).update(challengeId).digest('base64url');
  return {
    make: (challengeId) => macOf(current, challengeId),
    matches: (challengeId, proof) => keys.some((key) => isEqual(macOf(key, challengeId), proof)),
  };
}
