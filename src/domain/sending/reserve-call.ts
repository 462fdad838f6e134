import { setTimeout as delay } from 'node:timers/promises';
import type { LoginContext } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { longestUnheardMs } from '../challenge/limits.ts';
import type { Deps, LineCall, TurnRequest } from '../ports.ts';
import { Problem } from '../problems.ts';
import { second } from '../time.ts';
import { laneSubject } from './sending-budgets.ts';

/** "A send waits its turn at most 3 seconds", for the line and the turn together. */
const maxWaitMs = 3 * second;

/** Nothing notifies a waiting caller, so it asks again. */
const lookAgainMs = 250;

/** How long a waiting caller keeps the line when its replica dies. */
const holdMs = 10 * second;

/** The longest call, where the provider does not report its end. */
const unreportedCallMs = 30 * second;

const maxLineRetryMs = 5 * second;

export type CallDeps = Pick<
  Deps,
  'turns' | 'lines' | 'settings' | 'channels' | 'fingerprint' | 'log'
>;

export type CallReservation = {
  waitedMs: number;
  line: string;
  /** As `CallLines.take`. */
  takeLine(): Promise<string[] | null>;
  /** As `CallLines.name`. */
  name(callId: string): Promise<boolean>;
  giveBack(): Promise<void>;
};

/** @throws Problem `too-many-requests`, with nothing reserved, when the line or the turn takes too long. */
export async function reserveCall(
  deps: CallDeps,
  { challenge, user }: LoginContext,
  target: Target,
  codeId: string,
): Promise<CallReservation> {
  const { callsPerSecond: perSecond } = deps.settings.sending;
  const number = deps.fingerprint(target.address);
  const call = { number, owner: laneSubject(deps, user, challenge.lane), codeId };
  const reported = deps.channels.get(target.method)?.readReport !== undefined;
  const giveBack = async () => {
    await Promise.all([deps.lines.leave(call), deps.turns.giveUp({ member: codeId, perSecond })]);
  };
  try {
    const lineMs = await waitForLine(deps, call);
    const { organizationId } = user;
    const request = { member: codeId, organizationId, perSecond, maxWaitMs: maxWaitMs - lineMs };
    const turnMs = await waitForTurn(deps, request);
    return {
      waitedMs: lineMs + turnMs,
      line: number,
      takeLine: () => deps.lines.take(call, reported ? longestUnheardMs : unreportedCallMs),
      name: (callId) => deps.lines.name(call, callId),
      giveBack,
    };
  } catch (error) {
    await giveBack().catch((err: unknown) => deps.log.warn({ err }, 'a call stays reserved'));
    throw error;
  }
}

async function waitForLine({ lines }: CallDeps, call: LineCall): Promise<number> {
  for (let waitedMs = 0; ; waitedMs += lookAgainMs) {
    const leftMs = await lines.join(call, holdMs);
    if (leftMs === null) return waitedMs;
    if (waitedMs >= maxWaitMs)
      throw new Problem('too-many-requests', { retryAfterMs: Math.min(leftMs, maxLineRetryMs) });
    await delay(lookAgainMs);
  }
}

async function waitForTurn({ turns }: CallDeps, request: TurnRequest): Promise<number> {
  let waitedMs = 0;
  for (;;) {
    const turn = await turns.ask(request);
    if (turn.state === 'granted') return waitedMs;
    if (turn.state === 'refused')
      throw new Problem('too-many-requests', { retryAfterMs: turn.retryAfterMs });
    await delay(turn.againMs);
    waitedMs += turn.againMs;
  }
}
