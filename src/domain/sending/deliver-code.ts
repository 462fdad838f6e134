import { type EntryFor, inChallenge } from '../audit/audit.ts';
import type { Challenge, Code, LoginContext } from '../challenge/challenge.ts';
import { devicesFor, type Target } from '../challenge/code-in-play.ts';
import { codeLengths } from '../challenge/limits.ts';
import { refOf, updateChallenge } from '../challenge/open-challenge.ts';
import { organizationDefaults } from '../policy.ts';
import type { CodeMessage, CodeRef, Delivery, Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { settleAll } from '../settle-all.ts';
import { endCall, type HangUpDeps, hangUp } from './hang-up.ts';
import type { SendingReservation } from './reserve-sending.ts';

export type DeliveryDeps = HangUpDeps & Pick<Deps, 'challenges' | 'trail' | 'devices' | 'metrics'>;

export type Outgoing = { digits: string; reservation: SendingReservation };

export async function deliverCode(
  deps: DeliveryDeps,
  context: LoginContext,
  outgoing: Outgoing,
): Promise<LoginContext> {
  const { code } = context.challenge;
  if (!code) throw new Error('no code to deliver');
  if (code.length === codeLengths.long) deps.metrics.carefulCode(code.method);
  const outcome = await place(deps, context, code, outgoing);
  // Side by side: if the trail fails, the same attempt again finds what was done.
  const { values, failure } = await settleAll([
    saveOutcome(deps, context, code, outcome),
    recordSent(deps, context, code, outcome.delivery),
    noteOutcome(deps, code, outcome, outgoing.reservation),
    outcome.goneTokens?.length && markGone(deps, context, outcome.goneTokens),
  ]);
  if (failure) throw failure.reason;
  return values[0] ?? context;
}

/** What may have been placed stays counted. A call's id lets a newer call end it. */
async function noteOutcome(
  deps: DeliveryDeps,
  { method }: Code,
  { delivery, callId }: Delivery,
  { call, giveBack }: SendingReservation,
): Promise<void> {
  if (delivery === 'not-placed') {
    deps.metrics.sendingRefused(method, 'delivery-failed');
    return giveBack();
  }
  // If the line store is away the call goes on: it is already placed.
  const onLine = !callId || !call || (await call.name(callId).catch(() => true));
  if (!onLine) endCall(deps, method, callId);
}

export function sentBefore(
  { challenge: { code } }: LoginContext,
  attemptId: string,
  target: Target,
): Code | null {
  return code?.attemptId === attemptId && code.factorId === target.id ? code : null;
}

function saveOutcome(
  deps: DeliveryDeps,
  context: LoginContext,
  code: Code,
  { delivery, callId }: Delivery,
): Promise<LoginContext> {
  return delivery === 'accepted'
    ? saveCallId(deps, context, code, callId)
    : saveFailure(deps, context, code.id, delivery);
}

async function place(
  deps: HangUpDeps,
  context: LoginContext,
  code: Code,
  { digits, reservation: { call } }: Outgoing,
): Promise<Delivery> {
  const channel = deps.channels.get(code.method);
  const older = call ? await call.takeLine().catch(() => null) : [];
  if (!channel || !older) return { delivery: 'not-placed' };
  for (const callId of older) endCall(deps, code.method, callId);
  return channel.deliver(messageFor(context, code, { digits, line: call?.line ?? null }));
}

async function saveCallId(
  deps: DeliveryDeps,
  context: LoginContext,
  { id, method }: Code,
  callId: string | undefined,
): Promise<LoginContext> {
  if (callId === undefined) return context;
  const saved = await updateChallenge(
    deps,
    context,
    ({ challenge: { code } }) =>
      code?.id === id && code.callId === null ? { code: { ...code, callId } } : null,
    () => ({ unseen: true }),
  ).catch((error: unknown) => {
    // Erased in the meantime: the next call that opens it learns so.
    if (!Problem.is(error, 'challenge-expired')) throw error;
    return null;
  });
  const superseded = saved?.challenge.code?.id !== id;
  if (superseded) hangUp(deps, { method, callId, delivery: 'accepted' });
  return saved ?? context;
}

function messageFor(
  context: LoginContext,
  code: Code,
  { digits, line }: { digits: string; line: string | null },
): CodeMessage {
  const { challenge, user } = context;
  const target = [...user.factors, challenge.pending].find((one) => one?.id === code.factorId);
  if (!target) throw new Error('a code without its factor');
  return {
    ref: codeRefOf(challenge, code, line),
    code: digits,
    expiresAt: new Date(code.expiresAt),
    language: challenge.language,
    voiceLanguage: user.organization?.language ?? organizationDefaults.language,
    address: target.address,
    devices: devicesFor(context, target),
  };
}

/** @param line the hashed line of the number that is called. */
export function codeRefOf(challenge: Challenge, code: Code, line: string | null = null): CodeRef {
  const confirms = challenge.pending?.id === code.factorId;
  return { challenge: refOf(challenge), codeId: code.id, line, confirms };
}

/** Once for each code. Codes that were not placed are not limited: they have one entry per challenge and method. */
export async function recordSent(
  deps: Pick<Deps, 'channels' | 'trail'>,
  { challenge }: LoginContext,
  { id, method, hint }: Code,
  delivery: Delivery['delivery'],
): Promise<void> {
  const provider = deps.channels.get(method)?.provider ?? null;
  const type = delivery === 'accepted' ? 'code.sent' : 'code.failed';
  const details = { method, hint, provider, delivery };
  const subject = delivery === 'not-placed' ? `${challenge.id} ${method}` : id;
  await deps.trail.record(inChallenge(challenge, type, details), subject);
}

async function markGone(
  deps: Pick<Deps, 'devices' | 'log'>,
  { challenge, user }: LoginContext,
  tokens: string[],
): Promise<void> {
  const entryFor: EntryFor = (type, details) => ({
    ...inChallenge(challenge, type, details),
    actor: null,
  });
  await deps.devices.markGone(user, tokens, entryFor).catch((err: unknown) => {
    deps.log.warn({ err }, 'could not note that devices are gone');
  });
}

/** A code that failed does not delay the next one. One that was not placed does not count either. */
function saveFailure(
  deps: Pick<Deps, 'challenges'>,
  context: LoginContext,
  codeId: string,
  delivery: 'failed' | 'not-placed',
): Promise<LoginContext> {
  return updateChallenge(deps, context, ({ challenge: { code, codeIds }, now }) => {
    // A report came in the meantime: the call was placed after all.
    if (code?.id !== codeId || code.callId !== null) return null;
    const failed = { code: { ...code, delivery: 'failed' as const, resendAt: now } };
    if (delivery === 'failed') return failed;
    return { ...failed, codeIds: codeIds.filter((id) => id !== codeId) };
  });
}
