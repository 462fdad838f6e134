import { randomUUID } from 'node:crypto';
import { prometheusMetrics } from '../../src/adapters/metrics/prometheus.ts';
import { type EntryFor, inChallenge } from '../../src/domain/audit/audit.ts';
import type {
  Challenge,
  ChallengeRef,
  ChallengeSnapshot,
  Code,
  FreshCode,
  NewChallenge,
} from '../../src/domain/challenge/challenge.ts';
import { createdOf } from '../../src/domain/challenge/open-challenge.ts';
import type { UserKey } from '../../src/domain/people.ts';
import type {
  ChallengeApproval,
  ChallengeStore,
  DeviceOffer,
  GuessCharge,
} from '../../src/domain/ports.ts';

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
    lane: 'strangers',
    policy: 'mandatory',
    backup: 'offered',
    language: 'nl-NL',
    device: null,
    returnUrl: null,
    pending: null,
    code: null,
    proof: null,
    attemptsRemaining: 0,
    codeIds: [],
    refusal: null,
    wrongGuesses: 0,
    verified: null,
    codeProved: null,
    remember: null,
    outcome: null,
    endReason: null,
    minimumVersion: null,
    approval: null,
    redeemedBy: null,
    ...fields,
  };
}

/** A challenge as it might be stored; its time is over. */
export function aStored(ref: Partial<ChallengeRef> = {}, version = 1): Challenge {
  const { organizationId = 'acme', userId = '42', id = randomUUID() } = ref;
  const fields = aChallenge({ organizationId, userId, id });
  return { ...fields, code: null, version, createdAt: 0, expiresAt: 0 };
}

/** Stores a new challenge that is not refused. */
export async function createIn(
  store: ChallengeStore,
  challenge: NewChallenge,
  lifetimeMs: number,
): Promise<ChallengeSnapshot> {
  const creation = await store.create(challenge, { lifetimeMs });
  const { challenge: stored, now } = createdOf({ metrics: prometheusMetrics() }, creation);
  return { challenge: stored, now };
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
    attemptId: 'a-1',
    factorId: 'f-1',
    method: 'call',
    hint: '316*****78',
    length,
    keyId: 'k1',
    sealed: null,
    sentAt: now,
    expiresAt: now + lifeMs,
    resendAt: now + lifeMs,
    delivery: 'accepted',
    callId: null,
  };
}

/** A code that is about to be stored. */
export function aFreshCode(given: Partial<FreshCode> = {}): FreshCode {
  const { sentAt, expiresAt, resendAt, ...fields } = aCode(0);
  return { ...fields, lifeMs: 30_000, resendAfterMs: 30_000, ...given };
}

/** One attempt at the code `c`, unlike any other. */
export function aGuess(mac: string, codeId = 'c') {
  return { codeId, mac, attemptId: randomUUID() };
}

/** A guess unlike any other; only what a test is about needs naming. */
export function aCharge(given: Partial<GuessCharge> = {}): GuessCharge {
  return {
    challengeId: 'c-1',
    codeId: randomUUID(),
    attemptId: randomUUID(),
    tryId: randomUUID(),
    lane: 'strangers',
    kind: 'short',
    limit: 9,
    ...given,
  };
}

/** How a challenge of someone is approved by a right code; only what a test is about needs naming. */
export function anApproval(
  user: UserKey,
  given: Partial<ChallengeApproval> = {},
): ChallengeApproval {
  const challenge = given.challenge ?? aChallenge(user);
  const entry = inChallenge({ ...aStored(), ...challenge }, 'challenge.approved', {});
  return {
    challenge,
    attemptId: randomUUID(),
    verified: { method: 'call', factorId: randomUUID() },
    amr: ['pwd', 'mfa', 'otp', 'tel'],
    resultId: randomUUID(),
    resultTtlMs: 60_000,
    codeId: randomUUID(),
    factorId: null,
    skipped: null,
    byCode: true,
    remember: false,
    device: null,
    entries: [entry],
    ...given,
  };
}

/** A token for a known device, whose entries nobody looks at. */
export function anOffer(given: Partial<DeviceOffer> = {}): DeviceOffer {
  const entryFor: EntryFor = (type, details) => inChallenge(aStored(), type, details);
  return { hash: randomUUID(), deviceId: randomUUID(), remember: null, entryFor, ...given };
}

/** How often each thing is in a list. */
export function tally(list: readonly unknown[]): Record<string, number> {
  const times = (one: unknown) => list.filter((other) => other === one).length;
  return Object.fromEntries([...new Set(list)].map((one) => [String(one), times(one)]));
}
