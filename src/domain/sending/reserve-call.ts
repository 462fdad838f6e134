import { setTimeout as delay } from 'node:timers/promises';
import { strangersLane } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { longestUnheardMs } from '../challenge/limits.ts';
import type { User } from '../people.ts';
import type { Deps, LineCall, TurnRequest } from '../ports.ts';
import { Problem } from '../problems.ts';
import { settleAll } from '../settle-all.ts';
import { second } from '../time.ts';
import { laneSubject, numberSubject } from './subjects.ts';

/** "A send waits its turn at most 3 seconds", for the line and the turn together. */
const maxWaitMs = 3 * second;

/** A turn this soon is promised, while nobody waits: to ask again costs more. */
const soonMs = 20;

/** Nothing notifies a waiting caller, so it asks again. */
const lookAgainMs = 250;

/** How long a waiting caller keeps the line when its replica dies. */
const holdMs = 10 * second;

/** The longest call, where the provider does not report its end. */
const unreportedCallMs = 30 * second;

const maxLineRetryMs = 5 * second;

export type CallDeps = Pick<
  Deps,
  'turns' | 'lines' | 'settings' | 'channels' | 'fingerprint' | 'metrics' | 'log'
>;

/** A code that is about to be sent. */
export type Sending = { user: User; lane: string; target: Target; codeId: string };

export type CallReservation = {
  waitedMs: number;
  line: string;
  /** As `CallLines.take`. */
  takeLine(): Promise<string[] | null>;
  /** As `CallLines.name`. */
  name(callId: string): Promise<boolean>;
  /** Never rejects. */
  giveBack(): Promise<void>;
};

/** @throws Problem `too-many-requests`, with nothing reserved: line or turn takes too long, or is taken and `mayWait` is false. */
export async function reserveCall(
  deps: CallDeps,
  sending: Sending,
  mayWait: boolean,
): Promise<CallReservation> {
  const now = await reserveCallNow(deps, sending);
  if (now) return now;
  if (!mayWait) throw refusal(deps, 'line', second);
  return waitForCall(deps, sending);
}

async function waitForCall(deps: CallDeps, sending: Sending): Promise<CallReservation> {
  const call = callOf(deps, sending);
  try {
    const lineMs = await waitForLine(deps, call);
    const turn = await waitForTurn(deps, turnOf(deps, sending, leftOf(lineMs)));
    if ('retryAfterMs' in turn) throw refusal(deps, 'turn', turn.retryAfterMs);
    return reservation(deps, sending, { call, waitedMs: lineMs + turn.waitedMs, taken: false });
  } catch (error) {
    await giveBack(deps, call);
    throw error;
  }
}

/** Takes line and turn, if both are free now, or the turn is soon. @returns null otherwise; nothing stays reserved then. */
export async function reserveCallNow(
  deps: CallDeps,
  sending: Sending,
): Promise<CallReservation | null> {
  const call = callOf(deps, sending);
  const { values, failure } = await settleAll([
    deps.lines.join(call, { holdMs, lifeMs: lifeOf(deps, sending) }),
    waitForTurn(deps, turnOf(deps, sending, 0)),
  ]);
  const [line, turn] = values;
  if (line && line.state !== 'busy' && turn && 'waitedMs' in turn)
    return reservation(deps, sending, { call, ...turn, taken: line.state === 'taken' });
  await giveBack(deps, call);
  if (failure) throw failure.reason;
  return null;
}

function reservation(
  deps: CallDeps,
  sending: Sending,
  { call, waitedMs, taken }: { call: LineCall; waitedMs: number; taken: boolean },
): CallReservation {
  return {
    waitedMs,
    line: call.number,
    takeLine: async () => (taken ? [] : deps.lines.take(call, lifeOf(deps, sending))),
    name: (callId) => deps.lines.name(call, callId),
    giveBack: () => giveBack(deps, call),
  };
}

/** Never rejects: a turn passes, and a line is free again after its time. */
async function giveBack({ lines, turns, settings, log }: CallDeps, call: LineCall): Promise<void> {
  const { callsPerSecond: perSecond } = settings.sending;
  const returns = [lines.leave(call), turns.giveUp({ member: call.codeId, perSecond })];
  const { failure } = await settleAll(returns);
  if (failure) log.warn({ err: failure.reason }, 'a call stays reserved');
}

function callOf(deps: CallDeps, { user, lane, target, codeId }: Sending): LineCall {
  const number = numberSubject(deps, user, target.address);
  const outranks = lane === strangersLane ? null : laneSubject(deps, user, strangersLane);
  return { number, owner: laneSubject(deps, user, lane), outranks, codeId };
}

function turnOf({ settings }: CallDeps, { user, codeId }: Sending, waitMs: number): TurnRequest {
  const { callsPerSecond: perSecond } = settings.sending;
  const { organizationId } = user;
  return { member: codeId, organizationId, perSecond, maxWaitMs: waitMs, soonMs };
}

function lifeOf({ channels }: CallDeps, { target }: Sending): number {
  const reported = channels.get(target.method)?.readReport !== undefined;
  return reported ? longestUnheardMs : unreportedCallMs;
}

async function waitForLine(deps: CallDeps, call: LineCall): Promise<number> {
  const since = performance.now();
  for (let waitedMs = 0; ; waitedMs = performance.now() - since) {
    const line = await deps.lines.join(call, { holdMs, lifeMs: holdMs });
    if (line.state !== 'busy') return waitedMs;
    if (waitedMs >= maxWaitMs) throw refusal(deps, 'line', Math.min(line.leftMs, maxLineRetryMs));
    await delay(lookAgainMs);
  }
}

/** Of the time for line and turn together. */
const leftOf = (lineMs: number) => Math.max(0, Math.round(maxWaitMs - lineMs));

type Waited = { waitedMs: number } | { retryAfterMs: number };

async function waitForTurn({ turns }: CallDeps, request: TurnRequest): Promise<Waited> {
  let waitedMs = 0;
  for (;;) {
    const turn = await turns.ask(request);
    if (turn.state === 'refused') return { retryAfterMs: turn.retryAfterMs };
    const ms = turn.state === 'granted' ? turn.inMs : turn.againMs;
    if (ms > 0) await delay(ms);
    waitedMs += ms;
    if (turn.state === 'granted') return { waitedMs };
  }
}

function refusal({ metrics }: CallDeps, budget: 'line' | 'turn', retryAfterMs: number): Problem {
  metrics.quotaRefused(budget);
  return new Problem('too-many-requests', { retryAfterMs });
}
