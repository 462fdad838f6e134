import type { Challenge, FreshCode, LoginContext } from '../challenge/challenge.ts';
import { bindingOf, devicesFor, type Target } from '../challenge/code-in-play.ts';
import { codeLengths, longestUnheardMs } from '../challenge/limits.ts';
import { factorKind } from '../factors/index.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { freshCode } from './fresh-code.ts';

/** Whom a code is for. The challenge may be about to begin. */
export type Addressee = Pick<LoginContext, 'user' | 'careful'> & {
  challenge: Pick<Challenge, 'id' | 'pending' | 'device' | 'code'>;
};

export type MadeCode = { code: FreshCode; digits: string };

/** @param attemptId the same attempt again finds the code, and sends no other. */
export function makeCode(
  deps: Pick<Deps, 'codes' | 'channels' | 'settings'>,
  addressee: Addressee,
  { codeId, attemptId, target }: { codeId: string; attemptId: string; target: Target },
): MadeCode {
  const { challenge, careful } = addressee;
  const digits = freshCode(deps.codes, challenge, careful ? codeLengths.long : codeLengths.short);
  const mac = deps.codes.mac(digits, bindingOf(challenge.id, { id: codeId, factorId: target.id }));
  if (!mac) throw new Error('the current key makes no code');
  const channel = deps.channels.get(target.method);
  const code = {
    id: codeId,
    attemptId,
    factorId: target.id,
    method: target.method,
    hint: factorKind(target.method).hint(target.address, devicesFor(addressee, target).length),
    length: digits.length,
    ...mac,
    sealed: channel?.sealCode?.(codeId, digits) ?? null,
    lifeMs: lifeOf(deps, target),
    resendAfterMs: deps.settings.codeTtlMs,
    delivery: 'accepted' as const,
    callId: null,
  };
  return { code, digits };
}

/** @throws Problem `destination-not-allowed` or `no-device`. */
export function requireReachable(
  { settings }: Pick<Deps, 'settings'>,
  addressee: Addressee,
  target: Target,
): void {
  // The operator may have removed the method since.
  if (!settings.methods.includes(target.method)) throw new Problem('destination-not-allowed');
  const devices = devicesFor(addressee, target);
  factorKind(target.method).requireReachable(target.address, { settings, devices });
}

/** Where answers are reported, the code of a call lives longer until the answer. */
function lifeOf(
  { channels, settings }: Pick<Deps, 'channels' | 'settings'>,
  { method }: Target,
): number {
  const reported = channels.get(method)?.readReport !== undefined;
  return reported ? Math.max(settings.codeTtlMs, longestUnheardMs) : settings.codeTtlMs;
}
