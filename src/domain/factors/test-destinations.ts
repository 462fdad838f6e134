import type { Mode } from '../mode.ts';
import { Problem } from '../problems.ts';

/** `+999 000 000 00` to `99`: no country has the code 999. */
const testNumber = /^\+999000000\d\d$/;

export function isTestNumber(e164: string): boolean {
  return testNumber.test(e164);
}

/** The numbers that end in 90 to 99 are refused. */
export function takesCalls(number: string): boolean {
  return !number.startsWith('+9990000009');
}

/** What Firebase gives out has 22 characters before the colon. */
function isTestToken(pushToken: string): boolean {
  return pushToken.startsWith('test:');
}

/** A push token of the other mode is refused. @throws Problem `destination-not-allowed`. */
export function requireTokenOf(mode: Mode, pushToken: string): void {
  if (isTestToken(pushToken) !== (mode === 'test')) throw new Problem('destination-not-allowed');
}
