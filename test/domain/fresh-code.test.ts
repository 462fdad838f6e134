import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Challenge } from '../../src/domain/challenge/challenge.ts';
import { codeVault } from '../../src/domain/secrets/code-vault.ts';
import { freshCode } from '../../src/domain/sending/fresh-code.ts';
import { aChallenge, aCode } from '../support/challenges.ts';

const vault = codeVault([{ kid: 'k1', bytes: randomBytes(32) }]);

/** A vault whose dice fall as written. */
function loaded(...falls: string[]) {
  return { ...vault, newCode: () => falls.shift() ?? 'no more' };
}

function challengeWith(digits: string): Challenge {
  const challenge = { ...aChallenge(), version: 1, createdAt: 0, expiresAt: 1 };
  const code = aCode(0);
  const binding = { challengeId: challenge.id, codeId: code.id, factorId: code.factorId };
  return { ...challenge, code: { ...code, ...vault.mac(digits, binding) } as Challenge['code'] };
}

test('a code is never the one before it', () => {
  expect(freshCode(loaded('1234', '1234', '5678'), challengeWith('1234'), 4)).toBe('5678');
});

test('the first code of a challenge is any code', () => {
  const first = { ...challengeWith('1234'), code: null };
  expect(freshCode(loaded('1234'), first, 4)).toBe('1234');
});

test('a code has all its digits, also when it begins with zeros', () => {
  const codes = Array.from({ length: 2000 }, () => vault.newCode(4));
  expect(codes.every((code) => /^[0-9]{4}$/.test(code))).toBe(true);
  expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  expect(vault.newCode(8)).toMatch(/^[0-9]{8}$/);
});
