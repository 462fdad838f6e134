import type { ChallengeSnapshot, Code } from '../challenge/challenge.ts';
import { isOver, movedOn } from '../challenge/delivery-report.ts';
import { type DenyDeps, denyCode } from '../login/deny-code.ts';
import type { Deps } from '../ports.ts';
import { receiveKey } from '../sending/receive-key.ts';
import { type ReportDeps, receiveReport } from '../sending/receive-report.ts';
import { type CallStep, callScript } from './call-script.ts';
import { readTestCallId } from './test-call.ts';

const method = 'call';

/** "It was not me." */
const deniedKey = '9';

type PlayDeps = ReportDeps & DenyDeps;

/** Reports what has happened to a test call, as its provider would. @returns whether there was news. */
export async function playCall(
  deps: PlayDeps,
  { challenge: { code }, now }: ChallengeSnapshot,
): Promise<boolean> {
  if (code?.method !== method || !code.callId) return false;
  const script = callScript(readTestCallId(code.callId).number) ?? [];
  const due = script.filter(
    (step) => code.sentAt + step.afterMs <= now && isNews(deps, code, step),
  );
  for (const step of due) await report(deps, code, step);
  return due.length > 0;
}

function isNews({ settings }: Pick<Deps, 'settings'>, code: Code, step: CallStep): boolean {
  const { codeTtlMs, callKeyFirst } = settings;
  const at = code.sentAt + step.afterMs;
  if ('key' in step && isOver(code.delivery)) return false;
  if ('key' in step)
    return step.key === deniedKey || (callKeyFirst && code.expiresAt > at + codeTtlMs);
  const callId = code.callId ?? '';
  const { delivery } = step;
  return movedOn(code, { callId, delivery, now: at, codeTtlMs, callKeyFirst }) !== null;
}

async function report(deps: PlayDeps, code: Code, step: CallStep): Promise<void> {
  const callId = code.callId ?? '';
  const { ref } = readTestCallId(callId);
  const at = code.sentAt + step.afterMs;
  if ('delivery' in step)
    return receiveReport(deps, method, { ref, callId, delivery: step.delivery, at });
  if (step.key === deniedKey) return denyCode(deps, ref, method);
  const answers = { code: () => '', question: '', end: '', denied: '' };
  await receiveKey(deps, { ref, callId, wanted: true, denied: false, answers, at });
}

/** Ends a test call. One that was answered goes on, unless it too is to be ended. */
export async function endCall(
  deps: ReportDeps,
  callId: string,
  { answered = false }: { answered?: boolean } = {},
): Promise<void> {
  const { ref } = readTestCallId(callId);
  const snapshot = await deps.challenges.read(ref.challenge);
  const code = snapshot?.challenge.code;
  if (!answered && code?.id === ref.codeId && code.delivery === 'answered') return;
  const delivery = answered ? 'completed' : 'failed';
  await receiveReport(deps, method, { ref, callId, delivery });
}
