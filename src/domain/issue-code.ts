import { randomUUID } from 'node:crypto';
import { inChallenge } from './audit.ts';
import {
  bindingOf,
  type Code,
  challengeLimits,
  codeLengths,
  liveCode,
  longestUnheardMs,
  type PendingFactor,
  type Situation,
  type Target,
} from './challenge.ts';
import { factorKind } from './factors/index.ts';
import { freshCode } from './fresh-code.ts';
import { hangUp } from './hang-up.ts';
import { refOf, settle } from './open-challenge.ts';
import { organizationDefaults } from './policy.ts';
import type { CodeMessage, Delivery, Deps, Device } from './ports.ts';
import { Problem } from './problems.ts';
import { giveBackBudgets, takeBudgets } from './sending-budgets.ts';

/** What is looked at anew whenever the challenge changed before the code could be put in play. */
type Choice = (current: Situation) => { target: Target; pending?: PendingFactor };

/**
 * Puts a new code in play in the place of any other, and has it delivered. It is in the store
 * before it leaves, so that whoever hears it can use it; a delivery that fails leaves the
 * challenge as good as before, with `delivery` telling.
 *
 * @throws Problem `resend-too-early`, `too-many-requests`, `locked`, or `challenge-finished` when
 *   the codes are used up; and whatever `choose` throws.
 */
export async function issueCode(
  deps: Deps,
  situation: Situation,
  choose: Choice,
): Promise<Situation> {
  const { target, pending = situation.challenge.pending } = choose(situation);
  refuseEarly(situation, target);
  requireReachable(deps, withPending(situation, pending), target);
  const codeId = randomUUID();
  const length = await safeLength(deps, situation);
  const digits = freshCode(deps.codes, situation.challenge, length);
  await takeBudgets(deps, situation, target, codeId);
  const draft = { codeId, digits };
  const issued = await putInPlay(deps, situation, choose, draft).catch(async (error: unknown) => {
    await giveBackBudgets(deps, situation, target, codeId);
    throw error;
  });
  return deliver(deps, issued, digits);
}

/**
 * Opens the account of wrong guesses, without which no code is looked at, and says how many digits
 * keep a guesser's chances where they have to be.
 */
async function safeLength(deps: Deps, { user }: Situation): Promise<number> {
  const { guessLimits } = deps.settings;
  const account = await deps.challenges.openAccount(user, user.guesses);
  return account.short >= guessLimits.short ? codeLengths.long : codeLengths.short;
}

async function putInPlay(
  deps: Deps,
  situation: Situation,
  choose: Choice,
  { codeId, digits }: { codeId: string; digits: string },
): Promise<Situation> {
  let before: Code | null = null;
  const issued = await settle(deps, situation, (current) => {
    const { target, pending = current.challenge.pending } = choose(current);
    refuseEarly(current, target);
    before = current.challenge.code;
    if (noCodesLeft(current)) return { outcome: 'cancelled', code: null, pending: null };
    const next = withPending(current, pending);
    return {
      pending,
      code: newCode(deps, next, { codeId, target, digits }),
      proof: null,
      codeIds: [...current.challenge.codeIds, codeId],
      attemptsRemaining: attemptsFor(deps, current),
    };
  });
  if (before) hangUp(deps, before);
  if (issued.challenge.code?.id === codeId) return issued;
  const reason = 'codes used up';
  await deps.trail.record(inChallenge(issued.challenge, 'challenge.cancelled', { reason }));
  throw new Problem('challenge-finished');
}

function withPending(situation: Situation, pending: PendingFactor | null): Situation {
  return { ...situation, challenge: { ...situation.challenge, pending } };
}

function requireReachable({ settings }: Deps, situation: Situation, target: Target): void {
  const devices = devicesFor(situation, target);
  factorKind(target.method).requireReachable(target.address, { settings, devices });
}

function noCodesLeft({ challenge }: Situation): boolean {
  return challenge.codeIds.length >= challengeLimits.codes;
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
  const binding = bindingOf(situation.challenge.id, { id: codeId, factorId: target.id });
  const mac = deps.codes.mac(digits, binding);
  if (!mac) throw new Error('the current key makes no code');
  const expiresAt = situation.now + lifeOf(deps, target);
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
    callId: null,
  };
}

/** Where we are told of the answer, a call's time begins with it, but may not begin too late. */
function lifeOf({ channels, settings }: Deps, { method }: Target): number {
  const told = channels.get(method)?.readReport !== undefined;
  return told ? Math.max(settings.codeTtlMs, longestUnheardMs) : settings.codeTtlMs;
}

/** A device that is being enrolled gets the code alone: it is the one to be proved. */
function devicesFor({ challenge, user }: Situation, target: Target): Device[] {
  const enrolling = challenge.pending?.id === target.id && challenge.device;
  return enrolling ? [enrolling] : user.devices;
}

async function deliver(deps: Deps, situation: Situation, digits: string): Promise<Situation> {
  const { code } = situation.challenge;
  if (!code) throw new Error('no code to deliver');
  const channel = deps.channels.get(code.method);
  const message = messageFor(situation, code, digits);
  const outcome: Delivery = channel ? await channel.deliver(message) : { delivery: 'failed' };
  const provider = channel?.provider ?? null;
  await recordSent(deps, situation, code, { provider, delivery: outcome.delivery });
  if (outcome.goneTokens?.length) await forget(deps, situation, outcome.goneTokens);
  return outcome.delivery === 'accepted'
    ? noteCall(deps, situation, code, outcome.callId)
    : recordFailure(deps, situation, code.id);
}

/** By its name the call can be followed, and ended. */
async function noteCall(
  deps: Deps,
  situation: Situation,
  { id, method }: Code,
  callId: string | undefined,
): Promise<Situation> {
  if (callId === undefined) return situation;
  const noted = await settle(deps, situation, ({ challenge: { code } }) =>
    code?.id === id && code.callId === null ? { code: { ...code, callId } } : null,
  );
  const superseded = noted.challenge.code?.id !== id;
  if (superseded) hangUp(deps, { method, callId, delivery: 'accepted' });
  return noted;
}

function messageFor(situation: Situation, code: Code, digits: string): CodeMessage {
  const { challenge, user } = situation;
  const target = [...user.factors, challenge.pending].find((one) => one?.id === code.factorId);
  if (!target) throw new Error('a code without its factor');
  return {
    ref: { challenge: refOf(challenge), codeId: code.id },
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
    // Where the provider has told of the call meanwhile, it was placed after all.
    code?.id === codeId && code.callId === null
      ? { code: { ...code, delivery: 'failed', resendAt: now } }
      : null,
  );
}
