import type { CodeBinding } from '../challenge/code-in-play.ts';

/** Makes codes, and the HMACs that are stored instead of them. */
export interface CodeVault {
  /** `length` random digits. */
  newCode(length: number): string;
  /**
   * The form of a code that may be stored: an HMAC bound to the challenge, the factor and this
   * sending. `keyId` names the key, so codes in flight survive a rotation.
   *
   * @returns null when the key is gone.
   */
  mac(code: string, binding: CodeBinding, keyId?: string): { mac: string; keyId: string } | null;
}
