import type { LoginContext } from './challenge.ts';
import { codeInPlay, liveCode, targets } from './code-in-play.ts';
import { needsPass } from './open-stage.ts';
import { stageOf } from './stage.ts';

/** Why a screen has no code to ask for. Reasons of a refused sending are the names of its problem. */
export type NoCodeReason =
  | 'not-sent'
  | 'pass-required'
  | 'expired'
  | 'attempts-exhausted'
  | 'withdrawn'
  | 'too-many-requests'
  | 'denied'
  | 'destination-not-allowed'
  | 'no-device';

export type NoCode = {
  reason: NoCodeReason;
  /** Milliseconds since 1970. Null: another code may be asked for at once. */
  retryAt: number | null;
  /** The factor in play. Null before any. */
  factorId: string | null;
};

/** Null while a code can be entered, and where none is asked for. */
export function noCodeOf(context: LoginContext): NoCode | null {
  const stage = stageOf(context);
  if ((stage !== 'verify' && stage !== 'confirm') || liveCode(context)) return null;
  if (needsPass(context)) return { reason: 'pass-required', retryAt: null, factorId: null };
  const { code, refusal } = context.challenge;
  if (refusal && !isPast(refusal.retryAt, context.now)) return refusal;
  const inPlay = targets(context).find(({ id }) => id === code?.factorId);
  return { reason: endOf(context), retryAt: null, factorId: inPlay?.id ?? null };
}

function isPast(retryAt: number | null, now: number): boolean {
  return retryAt !== null && retryAt <= now;
}

function endOf(context: LoginContext): NoCodeReason {
  if (!context.challenge.code) return 'not-sent';
  const code = codeInPlay(context);
  if (!code) return 'withdrawn';
  if (context.now >= code.expiresAt) return 'expired';
  return context.challenge.attemptsRemaining > 0 ? 'withdrawn' : 'attempts-exhausted';
}
