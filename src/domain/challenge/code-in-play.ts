import type { Factor, GuessKind, User } from '../people.ts';
import type { Code, LoginContext } from './challenge.ts';
import { codeLengths } from './limits.ts';
import { openStageOf } from './open-stage.ts';

/** Where a code can be sent. */
export type Target = Pick<Factor, 'id' | 'method' | 'address'>;

/** The factors a code can be sent to now: the one being confirmed, or else the active ones. */
export function targets(context: LoginContext): Target[] {
  const { pending } = context.challenge;
  return openStageOf(context) === 'confirm' && pending ? [pending] : context.user.factors;
}

/**
 * The factor that is sent a code where none is asked for: the primary, or the first one whose method
 * is still offered.
 */
export function defaultTarget(choices: readonly Target[], user: User, methods: string[]) {
  const primary = user.factors.find(({ role }) => role === 'primary');
  const preferred = choices.find(({ id }) => id === primary?.id) ?? choices[0];
  if (preferred && methods.includes(preferred.method)) return preferred;
  return choices.find(({ method }) => methods.includes(method)) ?? preferred;
}

/** The code that was last sent, alive or expired, while the factor it was made for is there. */
export function codeInPlay(context: LoginContext): Code | null {
  const { code } = context.challenge;
  return code && targets(context).some(({ id }) => id === code.factorId) ? code : null;
}

/** The code that a right guess would be taken for. */
export function liveCode(context: LoginContext): Code | null {
  const code = codeInPlay(context);
  if (!code || context.now >= code.expiresAt) return null;
  if (context.careful && kindOf(code) === 'short') return null;
  return context.challenge.attemptsRemaining > 0 ? code : null;
}

/** What a code is bound to. */
export type CodeBinding = { challengeId: string; codeId: string; factorId: Code['factorId'] };

/** What ties a code's HMAC to its challenge, its factor and its sending. */
export function bindingOf(challengeId: string, code: Pick<Code, 'id' | 'factorId'>): CodeBinding {
  return { challengeId, codeId: code.id, factorId: code.factorId };
}

/** Under which limit a guess at this code counts. */
export function kindOf(code: Pick<Code, 'length'>): GuessKind {
  return code.length < codeLengths.long ? 'short' : 'long';
}
