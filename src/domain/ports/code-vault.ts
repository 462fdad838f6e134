import type { CodeBinding } from '../challenge/code-in-play.ts';

/** Makes codes, and the HMACs that are stored instead of them. */
export interface CodeVault {
  /** `length` random digits. */
  newCode(length: number): string;
  /**
   * The HMAC of a code, bound to its challenge, factor and sending. `keyId` names the key, so codes survive a
   * rotation.
   *
   * @returns null when the key is gone.
   */
  mac(code: string, binding: CodeBinding, keyId?: string): { mac: string; keyId: string } | null;
}
