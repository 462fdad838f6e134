import { randomUUID } from 'node:crypto';
import { inChallenge } from './audit.ts';
import {
  type Code,
  challengeLimits,
  codeLength,
  liveCode,
  type PendingFactor,
  type Situation,
  type Target,
} from './challenge.ts';
import { factorKind } from './factors/index.ts';
import { settle } from './open-challenge.ts';
import { organizationDefaults } from './policy.ts';
import type { CodeMessage, Delivery, Deps, Device } from './ports.ts';
import { Problem } from './problems.ts';

/** What is looked at anew whenever the challenge changed before the code could be put in play. */
type Choice = (current: Situation) => { target: Target; pending?: PendingFactor };

/**
 * Puts a new code in play in the place of any other, and has it delivered. It is in the store
 * before it leaves, so that whoever hears it can use it; a delivery that fails leaves the
 * challenge as good as before, with `delivery` telling.
 *
 * @throws Problem `resend-too-early`, or `challenge-finished` when the codes are used up; and
 *   whatever `choose` throws.
 */
export async function issueCode(
  deps: Deps,
  situation: Situation,
  choose: Choice,
): Promise<Situation> {
  const digits = deps.codes.newCode(codeLength);
  const codeId = randomUUID();
  const issued = await settle(deps, situation, (current) => {
    const { target, pending = current.challenge.pending } = choose(current);
    refuseEarly(current, target);
    if (noCodesLeft(current)) return { outcome: 'cancelled', code: null, pending: null };
    const next = { ...current, challenge: { ...current.challenge, pending } };
    return {
      pending,
      code: newCode(deps, next, { codeId, target, digits }),
      codesSent: current.challenge.codesSent + 1,
      attemptsRemaining: attemptsFor(deps, current),
    };
  });
  const { code } = issued.challenge;
  if (code?.id !== codeId) throw new Problem('challenge-finished');
  return deliver(deps, issued, { code, digits });
}

function noCodesLeft({ challenge }: Situation): boolean {
  return challenge.codesSent >= challengeLimits.codes;
}

function attemptsFor(deps: Deps, { challenge }: Situation): number {
  return Math.min(
    deps.settings.codeAttempts,
    challengeLimits.wrongGuesses - challenge.wrongGuesses,
  );
}

function refuseEarly(situation: Situation, target: Target): void {
  const code = liveCode(situation);
  const waitMs = code?.factorId === target.id ? code.resendAt - situation.now : 0;
  if (waitMs <= 0) return;
  throw new Problem('resend-too-early', { retryAfterSeconds: Math.ceil(waitMs / 1000) });
}

type Draft = { codeId: string; target: Target; digits: string };

function newCode(deps: Deps, situation: Situation, { codeId, target, digits }: Draft): Code {
  const binding = { challengeId: situation.challenge.id, codeId, factorId: target.id };
  const mac = deps.codes.mac(digits, binding);
  if (!mac) throw new Error('the current key makes no code');
  const expiresAt = situation.now + deps.settings.codeTtlMs;
  return {
    id: codeId,
    factorId: target.id,
    method: target.method,
    hint: factorKind(target.method).hint(target.address, devicesFor(situation, target).length),
    length: digits.length,
    ...mac,
    sentAt: situation.now,
    expiresAt,
    resendAt: expiresAt,
    delivery: 'accepted',
  };
}

/** A device that is being enrolled gets the code alone: it is the one to be proved. */
function devicesFor({ challenge, user }: Situation, target: Target): Device[] {
  const enrolling = challenge.pending?.id === target.id && challenge.device;
  return enrolling ? [enrolling] : user.devices;
}

async function deliver(
  deps: Deps,
  situation: Situation,
  { code, digits }: { code: Code; digits: string },
): Promise<Situation> {
  const channel = deps.channels.get(code.method);
  const message = messageFor(situation, code, digits);
  const outcome: Delivery = channel ? await channel.deliver(message) : { delivery: 'failed' };
  const provider = channel?.provider ?? null;
  await recordSent(deps, situation, code, { provider, delivery: outcome.delivery });
  if (outcome.goneTokens?.length) await forget(deps, situation, outcome.goneTokens);
  return outcome.delivery === 'accepted' ? situation : recordFailure(deps, situation, code.id);
}

function messageFor(situation: Situation, code: Code, digits: string): CodeMessage {
  const { challenge, user } = situation;
  const target = [...user.factors, challenge.pending].find((one) => one?.id === code.factorId);
  if (!target) throw new Error('a code without its factor');
  return {
    challengeId: challenge.id,
    code: digits,
    expiresAt: new Date(code.expiresAt),
    language: challenge.language,
    voiceLanguage: user.organization?.language ?? organizationDefaults.language,
    address: target.address,
    devices: devicesFor(situation, target),
  };
}

async function recordSent(
  deps: Deps,
  { challenge }: Situation,
  { method, hint }: Code,
  sending: { provider: string | null; delivery: Delivery['delivery'] },
): Promise<void> {
  const type = sending.delivery === 'accepted' ? 'code.sent' : 'code.failed';
  await deps.trail.record(inChallenge(challenge, type, { method, hint, ...sending }));
  deps.log.info({ challengeId: challenge.id, method, ...sending }, 'code sent');
}

async function forget(deps: Deps, { user }: Situation, tokens: string[]): Promise<void> {
  await deps.directory.forgetDevices(user, tokens).catch((cause: unknown) => {
    deps.log.warn({ err: cause }, 'could not forget devices that are gone');
  });
}

/** The user need not wait for a code that will not come. */
function recordFailure(deps: Deps, situation: Situation, codeId: string): Promise<Situation> {
  return settle(deps, situation, ({ challenge: { code }, now }) =>
    code?.id === codeId ? { code: { ...code, delivery: 'failed', resendAt: now } } : null,
  );
}
