import type { LoginContext } from '../challenge/challenge.ts';
import { bindingOf, liveCode } from '../challenge/code-in-play.ts';
import { isLocked, stageOf } from '../challenge/stage.ts';
import { Problem } from '../problems.ts';
import { codeRefOf } from '../sending/deliver-code.ts';
import type { TestDeps } from './test-deps.ts';

export type ReadCode = {
  digits: string;
  factorId: string;
  expiresAt: number;
  /** Of its push. Null for a call. */
  denyToken: string | null;
};

/** The code that is valid now. @throws Problem `not-found`. */
export function readCode(
  { codes, denyTokens }: Pick<TestDeps, 'codes' | 'denyTokens'>,
  context: LoginContext,
): ReadCode {
  const useless = stageOf(context) === 'cancelled' || isLocked(context);
  const code = useless ? null : liveCode(context);
  const binding = code && bindingOf(context.challenge.id, code);
  const digits = binding && codes.digitsOf(code.mac, binding, code.keyId);
  if (!digits) throw new Problem('not-found');
  const { factorId, expiresAt } = code;
  const isPush = code.method === 'push';
  const denyToken = isPush ? denyTokens.make(codeRefOf(context.challenge, code)) : null;
  return { digits, factorId, expiresAt, denyToken };
}
