import { randomUUID } from 'node:crypto';
import { inChallenge } from '../audit/audit.ts';
import type { Code, LoginContext, PendingFactor } from '../challenge/challenge.ts';
import { liveCode, type Target } from '../challenge/code-in-play.ts';
import { challengeLimits } from '../challenge/limits.ts';
import { afterEnd } from '../challenge/new-challenge.ts';
import {
  type OpenDeps,
  openChallenge,
  refOf,
  updateChallenge,
} from '../challenge/open-challenge.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type DeliveryDeps, deliverCode, recordSent, sentBefore } from './deliver-code.ts';
import { hangUp } from './hang-up.ts';
import { type MadeCode, makeCode, requireReachable } from './make-code.ts';
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
  mayWait = true,
): Promise<LoginContext> {
  const { target, pending = context.challenge.pending } = choose(context);
  const sent = sentBefore(context, attemptId, target);
  if (sent) await recordSent(deps, context, sent, wasTaken(sent) ? 'accepted' : 'failed');
  if (sent && sent.delivery !== 'failed') return context;
  refuseEarly(context, target);
  requireReachable(deps, withPending(context, pending), target);
  const codeId = randomUUID();
  const { user, challenge } = context;
  const sending = { user, lane: challenge.lane, target, codeId };
  const reservation = await reserveSending(deps, sending, mayWait);
  const draft = { choose, codeId, attemptId, reservation, reservedFor: target };
  const { issued, digits } = await putInPlay(deps, context, draft).catch(async (error: unknown) => {
    await reservation.giveBack();
    throw error;
  });
  if (digits !== null) return deliverCode(deps, issued, { digits, reservation });
  await reservation.giveBack();
  // It has waited once.
  return issue(deps, issued, attemptId, choose, false);
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
  reservedFor: Target;
};

/** `digits` null: the factor was exchanged during the wait for its call, and no code is in play for it. */
async function putInPlay(
  deps: SendingDeps,
  context: LoginContext,
  { choose, codeId, attemptId, reservation, reservedFor }: Draft,
): Promise<{ issued: LoginContext; digits: string | null }> {
  const waited = (reservation.call?.waitedMs ?? 0) > 0;
  const start = waited ? await openChallenge(deps, refOf(context.challenge)) : context;
  let before: Code | null = null;
  let made: MadeCode | null = null;
  let exchanged = false;
  const issued = await updateChallenge(deps, start, (current) => {
    const { target, pending = current.challenge.pending } = choose(current);
    exchanged = target.method !== reservedFor.method || target.address !== reservedFor.address;
    if (exchanged) return null;
    refuseEarly(current, target);
    before = current.challenge.code;
    if (noCodesLeft(current)) return null;
    made = makeCode(deps, withPending(current, pending), { codeId, attemptId, target });
    return {
      pending,
      code: made.code,
      proof: null,
      refusal: null,
      codeIds: [...current.challenge.codeIds, codeId],
      attemptsRemaining: attemptsFor(deps, current),
    };
  });
  if (exchanged) return { issued, digits: null };
  if (issued.challenge.code?.id !== codeId) await endUsedUp(deps, issued);
  if (before) hangUp(deps, before);
  if (!made || issued.challenge.code?.id !== codeId) throw new Problem('challenge-finished');
  return { issued, digits: (made as MadeCode).digits };
}

/** PostgreSQL first: if it fails, the next call that asks for a code ends the challenge. */
async function endUsedUp(deps: SendingDeps, context: LoginContext): Promise<void> {
  const { challenge } = context;
  const entry = inChallenge(challenge, 'challenge.cancelled', { reason: 'codes used up' });
  if (!(await deps.outcomes.cancel(challenge, entry))) return;
  await updateChallenge(
    deps,
    context,
    ({ challenge: { outcome } }) =>
      outcome ? null : { ...afterEnd, outcome: 'cancelled', endReason: 'used-up' },
    () => ({ ends: true }),
  );
}

function withPending(context: LoginContext, pending: PendingFactor | null): LoginContext {
  return { ...context, challenge: { ...context.challenge, pending } };
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
