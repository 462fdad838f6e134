import type { Device, Factor, GuessKind, User } from '../people.ts';
import { Problem } from '../problems.ts';
import type { Challenge, Code, FreshCode, LoginContext } from './challenge.ts';
import { codeLengths } from './limits.ts';
import { openStageOf } from './open-stage.ts';

export type Target = Pick<Factor, 'id' | 'method' | 'address'>;

export function targets(context: LoginContext): Target[] {
  const { pending } = context.challenge;
  return openStageOf(context) === 'confirm' && pending ? [pending] : context.user.factors;
}

/** A device in enrolment gets the code alone: the code has to prove it. */
export function devicesFor(
  { challenge, user }: { challenge: Pick<Challenge, 'pending' | 'device'>; user: User },
  target: Target,
): Device[] {
  const enrolling = challenge.pending?.id === target.id && challenge.device;
  return enrolling ? [enrolling] : user.devices;
}

export function defaultTarget(choices: readonly Target[], user: User, methods: string[]) {
  const primary = user.factors.find(({ role }) => role === 'primary');
  const preferred = choices.find(({ id }) => id === primary?.id) ?? choices[0];
  if (preferred && methods.includes(preferred.method)) return preferred;
  return choices.find(({ method }) => methods.includes(method)) ?? preferred;
}

/** `factorId` null: the factor in play, else the primary. @throws Problem `no-factor` or `not-found`. */
export function chosenTarget(context: LoginContext, methods: string[], factorId: string | null) {
  const choices = targets(context);
  const find = (wanted: string | undefined) => choices.find(({ id }) => id === wanted);
  const preferred = defaultTarget(choices, context.user, methods);
  if (!preferred) throw new Problem('no-factor');
  if (factorId === null) return find(codeInPlay(context)?.factorId) ?? preferred;
  const target = find(factorId);
  if (!target) throw new Problem('not-found', { detail: 'The user has no such factor.' });
  return target;
}

export function isFresh(code: Code | FreshCode): code is FreshCode {
  return 'lifeMs' in code;
}

/** A code as it is stored at `now`. */
export function stamped(code: Code | FreshCode, now: number): Code {
  if (!isFresh(code)) return code;
  const { lifeMs, resendAfterMs, ...fresh } = code;
  return { ...fresh, sentAt: now, expiresAt: now + lifeMs, resendAt: now + resendAfterMs };
}

/** The last code, also an expired one, while its factor exists. */
export function codeInPlay(context: LoginContext): Code | null {
  const { code } = context.challenge;
  return code && targets(context).some(({ id }) => id === code.factorId) ? code : null;
}

export function liveCode(context: LoginContext): Code | null {
  const code = codeInPlay(context);
  if (!code || context.now >= code.expiresAt) return null;
  if (context.careful && kindOf(code) === 'short') return null;
  return context.challenge.attemptsRemaining > 0 ? code : null;
}

export type CodeBinding = { challengeId: string; codeId: string; factorId: Code['factorId'] };

export function bindingOf(challengeId: string, code: Pick<Code, 'id' | 'factorId'>): CodeBinding {
  return { challengeId, codeId: code.id, factorId: code.factorId };
}

export function kindOf(code: Pick<Code, 'length'>): GuessKind {
  return code.length < codeLengths.long ? 'short' : 'long';
}
