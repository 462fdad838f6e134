import type { LoginContext } from '../challenge/challenge.ts';
import { bindingOf, liveCode } from '../challenge/code-in-play.ts';
import { isLocked, stageOf } from '../challenge/stage.ts';
import { Problem } from '../problems.ts';
import type { TestDeps } from './test-deps.ts';

export type ReadCode = { digits: string; factorId: string; expiresAt: number };

/** The code that is valid now. @throws Problem `not-found`. */
export function readCode({ codes }: Pick<TestDeps, 'codes'>, context: LoginContext): ReadCode {
  const useless = stageOf(context) === 'cancelled' || isLocked(context);
  const code = useless ? null : liveCode(context);
  const binding = code && bindingOf(context.challenge.id, code);
  const digits = binding && codes.digitsOf(code.mac, binding, code.keyId);
  if (!digits) throw new Problem('not-found');
  return { digits, factorId: code.factorId, expiresAt: code.expiresAt };
}
