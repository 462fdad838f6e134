import type { CodeBinding } from '../challenge/code-in-play.ts';

/** Makes codes of random digits, and the HMACs that are stored instead of them. */
export interface CodeVault {
  newCode(length: number): string;
  /** Bound to challenge, factor and sending. `keyId` lets codes survive a rotation. Null: the key is gone. */
  mac(code: string, binding: CodeBinding, keyId?: string): { mac: string; keyId: string } | null;
}
