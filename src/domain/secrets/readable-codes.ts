import { createHmac, type KeyObject } from 'node:crypto';
import type { CodeVault } from '../ports.ts';
import { codeVault } from './code-vault.ts';
import { deriveKey, type SecretRing } from './keys.ts';

type CodeBinding = Parameters<CodeVault['mac']>[1];

/** The codes of test mode: who asks for one can read it. */
export type ReadableCodes = CodeVault & {
  /** Null: the key is gone. */
  digitsOf(mac: string, binding: CodeBinding, keyId: string): string | null;
};

/** Behind the HMAC stand the digits, each added to one of a pad that no other code has. */
export function readableCodes(secrets: SecretRing): ReadableCodes {
  const vault = codeVault(secrets, 'test code');
  const keys = new Map(secrets.map((secret) => [secret.kid, deriveKey(secret, 'test code pad')]));
  return {
    newCode: vault.newCode,
    mac(code, binding, keyId) {
      const made = vault.mac(code, binding, keyId);
      const key = made && keys.get(made.keyId);
      return key ? { ...made, mac: `${made.mac}.${shift(code, padOf(key, binding), 1)}` } : null;
    },
    digitsOf(mac, binding, keyId) {
      const key = keys.get(keyId);
      return key ? shift(mac.slice(mac.indexOf('.') + 1), padOf(key, binding), -1) : null;
    },
  };
}

function padOf(key: KeyObject, { challengeId, codeId, factorId }: CodeBinding): Buffer {
  return createHmac('sha256', key).update([challengeId, codeId, factorId].join('\n')).digest();
}

function shift(digits: string, pad: Buffer, sign: 1 | -1): string {
  return [...digits]
    .map((digit, i) => (Number(digit) + sign * ((pad[i] ?? 0) % 10) + 10) % 10)
    .join('');
}
