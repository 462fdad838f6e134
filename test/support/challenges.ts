import { randomUUID } from 'node:crypto';
import type { Code, NewChallenge } from '../../src/domain/challenge/challenge.ts';
import type { GuessAccount } from '../../src/domain/people.ts';
import type { GuessLimits } from '../../src/domain/ports.ts';

/** A challenge at its beginning; only what a test is about needs naming. */
export function aChallenge(fields: Partial<NewChallenge> = {}): NewChallenge {
  return {
    id: randomUUID(),
    organizationId: 'acme',
    userId: '42',
    client: 'company-panel',
    app: 'qaller',
    appVersion: '3.2.0',
    address: null,
    purpose: 'login',
    policy: 'mandatory',
    backup: 'offered',
    language: 'nl-NL',
    device: null,
    pending: null,
    code: null,
    proof: null,
    attemptsRemaining: 0,
    codeIds: [],
    wrongGuesses: 0,
    wrongLongGuesses: 0,
    verified: null,
    verifiedFactorId: null,
    outcome: null,
    minimumVersion: null,
    approval: null,
    redeemedBy: null,
    ...fields,
  };
}

/** The code in play, sent at `now` and valid for `lifeMs`. */
export function aCode(
  now: number,
  given: { id?: string; mac?: string; lifeMs?: number; length?: number } = {},
): Code {
  const { id = randomUUID(), mac = 'right', lifeMs = 30_000, length = 4 } = given;
  return {
    id,
    mac,
    factorId: 'f-1',
    method: 'call',
    hint: '316*****78',
    length,
    keyId: 'k1',
    sentAt: now,
    expiresAt: now + lifeMs,
    resendAt: now + lifeMs,
    delivery: 'accepted',
    callId: null,
  };
}

/** One attempt at the code `c`, unlike any other. */
export function aGuess(mac: string, codeId = 'c') {
  return { codeId, mac, by: randomUUID() };
}

/** An account of wrong guesses with none on it. */
export const noGuesses: GuessAccount = { short: 0, long: 0 };

/** For tests that are not about the account: no number of wrong guesses fills it. */
export const noLimits: GuessLimits = {
  short: Number.MAX_SAFE_INTEGER,
  long: Number.MAX_SAFE_INTEGER,
};

/** How often each thing is in a list. */
export function tally(list: readonly unknown[]): Record<string, number> {
  const times = (one: unknown) => list.filter((other) => other === one).length;
  return Object.fromEntries([...new Set(list)].map((one) => [String(one), times(one)]));
}
