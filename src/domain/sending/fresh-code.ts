import type { Challenge } from '../challenge/challenge.ts';
import { bindingOf } from '../challenge/code-in-play.ts';
import type { CodeVault } from '../ports.ts';

/** Random digits, different from the code before: "een 4-cijferige code die elke keer anders is". */
export function freshCode(
  codes: CodeVault,
  { id, code }: Pick<Challenge, 'id' | 'code'>,
  length: number,
): string {
  for (;;) {
    const digits = codes.newCode(length);
    if (!code) return digits;
    if (codes.mac(digits, bindingOf(id, code), code.keyId)?.mac !== code.mac) return digits;
  }
}
