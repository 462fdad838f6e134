import { createHmac, randomInt } from 'node:crypto';
import type { CodeVault } from '../ports.ts';
import { deriveKey, type Purpose, type SecretRing } from './keys.ts';

export function codeVault(secrets: SecretRing, purpose: Purpose = 'code'): CodeVault {
  const keys = new Map(secrets.map((secret) => [secret.kid, deriveKey(secret, purpose)]));
  const current = secrets[0].kid;
  return {
    newCode: (length) => String(randomInt(10 ** length)).padStart(length, '0'),
    mac(code, { challengeId, codeId, factorId }, keyId = current) {
      const key = keys.get(keyId);
      if (!key) return null;
      const bound = [challengeId, codeId, factorId, code].join('\n');
      return { mac: createHmac('sha256', key).update(bound).digest('base64url'), keyId };
    },
  };
}
