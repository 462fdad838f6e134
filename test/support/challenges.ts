import { randomUUID } from 'node:crypto';
import type { Code } from '../../src/domain/challenge.ts';
import type { NewChallenge } from '../../src/domain/ports.ts';

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
    attemptsRemaining: 0,
    codesSent: 0,
    wrongGuesses: 0,
    verified: null,
    outcome: null,
    minimumVersion: null,
    approval: null,
    redeemed: false,
    ...fields,
  };
}

/** The code in play, sent at `now` and valid for `lifeMs`. */
export function aCode(
  now: number,
  given: { id?: string; mac?: string; lifeMs?: number } = {},
): Code {
  const { id = randomUUID(), mac = 'right', lifeMs = 30_000 } = given;
  return {
    id,
    mac,
    factorId: 'f-1',
    method: 'call',
    hint: '316*****78',
    length: 4,
    keyId: 'k1',
    sentAt: now,
    expiresAt: now + lifeMs,
    resendAt: now + lifeMs,
    delivery: 'accepted',
  };
}
