import { randomUUID } from 'node:crypto';
import { inChallenge } from '../audit/audit.ts';
import type { Code, LoginContext, PendingFactor } from '../challenge/challenge.ts';
import { bindingOf, devicesFor, liveCode, type Target } from '../challenge/code-in-play.ts';
import { challengeLimits, codeLengths, longestUnheardMs } from '../challenge/limits.ts';
import { afterEnd } from '../challenge/new-challenge.ts';
import {
  type OpenDeps,
  openChallenge,
  refOf,
  updateChallenge,
} from '../challenge/open-challenge.ts';
import { factorKind } from '../factors/index.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type DeliveryDeps, deliverCode, recordSent, sentBefore } from './deliver-code.ts';
import { freshCode } from './fresh-code.ts';
import { hangUp } from './hang-up.ts';
import { type RefusalDeps, recordingRefusals } from './refused-sending.ts';
import {
  type ReservationDeps,
  reserveSending,
  type SendingReservation,
} from './reserve-sending.ts';

export type SendingDeps = OpenDeps &
  RefusalDeps &
  ReservationDeps &
  DeliveryDeps &
  Pick<Deps, 'codes' | 'outcomes'>;

/** Is called again when the challenge changes before the code is in play. */
type Choice = (current: LoginContext) => { target: Target; pending?: PendingFactor };

/**
 * Stores the code, then sends it; a failed one stays in play. The same attempt calls again only after a failure.
 * @throws Problem `resend-too-early`, `too-many-requests`, `locked`, or `challenge-finished`: the codes are used up.
 */
export function issueCode(
  deps: SendingDeps,
  context: LoginContext,
  attemptId: string,
  choose: Choice,
): Promise<LoginContext> {
  let target: Target | null = null;
  const chooseTarget: Choice = (current) => {
    const choice = choose(current);
    target = choice.target;
    return choice;
  };
  const issuing = () => issue(deps, context, attemptId, chooseTarget);
  return recordingRefusals(deps, context.challenge, () => target, issuing);
}

async function issue(
  deps: SendingDeps,
  context: LoginContext,
  attemptId: string,
  choose: Choice,
): Promise<LoginContext> {
  const { target, pending = context.challenge.pending } = choose(context);
  const sent = sentBefore(context, attemptId, target);
  if (sent) await recordSent(deps, context, sent, wasTaken(sent) ? 'accepted' : 'failed');
  if (sent && sent.delivery !== 'failed') return context;
  refuseEarly(context, target);
  requireReachable(deps, withPending(context, pending), target);
  const codeId = randomUUID();
  const reservation = await reserveSending(deps, context, target, codeId);
  const draft = { choose, codeId, attemptId, reservation };
  const { issued, digits } = await prepare(deps, context, draft).catch(async (error: unknown) => {
    await reservation.giveBack();
    throw error;
  });
  return deliverCode(deps, issued, { digits, reservation });
}

/** Whether the provider took it: a call that has a name was placed, however it ended. */
function wasTaken({ delivery, callId }: Code): boolean {
  return delivery !== 'failed' || callId !== null;
}

type Draft = {
  choose: Choice;
  codeId: string;
  attemptId: string;
  reservation: SendingReservation;
};

async function prepare(deps: SendingDeps, context: LoginContext, draft: Draft) {
  const { reservation } = draft;
  const waited = (reservation.call?.waitedMs ?? 0) > 0;
  const current = waited ? await openChallenge(deps, refOf(context.challenge)) : context;
  const length = current.careful ? codeLengths.long : codeLengths.short;
  const digits = freshCode(deps.codes, current.challenge, length);
  return { issued: await putInPlay(deps, current, draft, digits), digits };
}

async function putInPlay(
  deps: SendingDeps,
  context: LoginContext,
  { choose, codeId, attemptId }: Draft,
  digits: string,
): Promise<LoginContext> {
  let before: Code | null = null;
  const issued = await updateChallenge(deps, context, (current) => {
    const { target, pending = current.challenge.pending } = choose(current);
    refuseEarly(current, target);
    before = current.challenge.code;
    if (noCodesLeft(current)) return null;
    const next = withPending(current, pending);
    return {
      pending,
      code: newCode(deps, next, { codeId, attemptId, target, digits }),
      proof: null,
      refusal: null,
      codeIds: [...current.challenge.codeIds, codeId],
      attemptsRemaining: attemptsFor(deps, current),
    };
  });
  if (issued.challenge.code?.id !== codeId) await endUsedUp(deps, issued);
  if (before) hangUp(deps, before);
  if (issued.challenge.code?.id === codeId) return issued;
  throw new Problem('challenge-finished');
}

/** PostgreSQL first: if it fails, the next call that asks for a code ends the challenge. */
async function endUsedUp(deps: SendingDeps, context: LoginContext): Promise<void> {
  const { challenge } = context;
  const entry = inChallenge(challenge, 'challenge.cancelled', { reason: 'codes used up' });
  if (!(await deps.outcomes.cancel(challenge, entry))) return;
  await updateChallenge(deps, context, (current) =>
    current.challenge.outcome
      ? null
      : { ...afterEnd, outcome: 'cancelled', endReason: 'used-up' },
  );
}

function withPending(context: LoginContext, pending: PendingFactor | null): LoginContext {
  return { ...context, challenge: { ...context.challenge, pending } };
}

function requireReachable({ settings }: SendingDeps, context: LoginContext, target: Target): void {
  // The operator may have removed the method since.
  if (!settings.methods.includes(target.method)) throw new Problem('destination-not-allowed');
  const devices = devicesFor(context, target);
  factorKind(target.method).requireReachable(target.address, { settings, devices });
}

function noCodesLeft({ challenge }: LoginContext): boolean {
  return challenge.codeIds.length >= challengeLimits.codes;
}

function attemptsFor(deps: Pick<Deps, 'settings'>, { challenge }: LoginContext): number {
  return Math.min(
    deps.settings.codeAttempts,
    challengeLimits.wrongGuesses - challenge.wrongGuesses,
  );
}

function refuseEarly(context: LoginContext, target: Target): void {
  const code = liveCode(context);
  const waitMs = code?.factorId === target.id ? code.resendAt - context.now : 0;
  if (waitMs <= 0) return;
  throw new Problem('resend-too-early', { retryAfterMs: waitMs });
}

type NewCode = { codeId: string; attemptId: string; target: Target; digits: string };

function newCode(
  deps: SendingDeps,
  context: LoginContext,
  { codeId, attemptId, target, digits }: NewCode,
): Code {
  const binding = bindingOf(context.challenge.id, { id: codeId, factorId: target.id });
  const mac = deps.codes.mac(digits, binding);
  if (!mac) throw new Error('the current key makes no code');
  const expiresAt = context.now + lifeOf(deps, target);
  return {
    id: codeId,
    attemptId,
    factorId: target.id,
    method: target.method,
    hint: factorKind(target.method).hint(target.address, devicesFor(context, target).length),
    length: digits.length,
    ...mac,
    sealed: deps.channels.get(target.method)?.sealCode?.(codeId, digits) ?? null,
    sentAt: context.now,
    expiresAt,
    resendAt: context.now + deps.settings.codeTtlMs,
    delivery: 'accepted',
    callId: null,
  };
}

/** Where answers are reported, the code of a call lives longer until the answer. */
function lifeOf({ channels, settings }: SendingDeps, { method }: Target): number {
  const reported = channels.get(method)?.readReport !== undefined;
  return reported ? Math.max(settings.codeTtlMs, longestUnheardMs) : settings.codeTtlMs;
}
