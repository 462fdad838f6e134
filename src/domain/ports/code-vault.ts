import type { CodeBinding } from '../challenge/challenge.ts';

/** Makes codes and what is kept of them in their place. */
export interface CodeVault {
  /** `length` random digits. */
  newCode(length: number): string;
  /**
   * The code as the store may keep it: an HMAC bound to the challenge, the factor and this very
   * sending. `keyId` names the key, so that a rotation leaves codes in flight alone.
   *
   * @returns null when `keyId` is no longer among the keys.
   */
  mac(code: string, binding: CodeBinding, keyId?: string): { mac: string; keyId: string } | null;
}
