import { hash } from 'node:crypto';
import { inChallenge } from '../audit/audit.ts';
import type { ChallengeRef, LoginContext } from '../challenge/challenge.ts';
import { challengeLimits } from '../challenge/limits.ts';
import { type OpenDeps, openChallenge, updateChallenge } from '../challenge/open-challenge.ts';
import { acceptedProofs, assertOpen, isLocked, lockedProblem } from '../challenge/stage.ts';
import type { Deps, RecoveryKind } from '../ports.ts';
import { Problem } from '../problems.ts';
import { recoveryHash } from '../secrets/recovery-secret.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import { type AcceptDeps, acceptProof } from './accept-code.ts';

type RecoveryDeps = OpenDeps & AcceptDeps & Pick<Deps, 'recoverySecrets'>;

export type Recovery = { kind: RecoveryKind; text: string; remember: boolean };

const kinds = {
  pass: { proof: 'pass', used: 'pass.used', notice: 'pass-used' },
  'recovery-code': {
    proof: 'recoveryCode',
    used: 'recovery-code.used',
    notice: 'recovery-code-used',
  },
} as const;

/** A wrong one counts in the challenge and on no account: nobody guesses 80 bits. */
export async function verifyRecovery(
  deps: RecoveryDeps,
  ref: ChallengeRef,
  { kind, text, remember }: Recovery,
  requestId: string,
): Promise<LoginContext> {
  const opened = await openChallenge(deps, ref);
  assertOpen(opened);
  const { proof, used, notice } = kinds[kind];
  if (!acceptedProofs(opened).includes(proof)) throw notAccepted(opened);
  const context = await countTry(deps, opened);
  const hash = recoveryHash(ref, text);
  const attemptId = attemptOf(requestId, kind, hash ?? text);
  const entry = inChallenge(context.challenge, used, {});
  const right = hash && (await deps.recoverySecrets.use(ref, { kind, hash, attemptId }, entry));
  if (!right) throw refusal(context);
  tellDevices(deps, context.user, { about: notice, hint: '' });
  return acceptProof(deps, context, { method: kind, factorId: null }, { attemptId, remember });
}

function notAccepted(context: LoginContext): Problem {
  return isLocked(context) ? lockedProblem(context) : new Problem('code-not-sent');
}

/** Before the secret is compared, so that many at once stay within the challenge's guesses. */
function countTry(deps: Pick<Deps, 'challenges'>, context: LoginContext): Promise<LoginContext> {
  return updateChallenge(deps, context, ({ challenge: { outcome, wrongGuesses } }) => {
    if (outcome) throw new Problem('challenge-finished');
    if (wrongGuesses >= challengeLimits.wrongGuesses) throw exhausted();
    return { wrongGuesses: wrongGuesses + 1 };
  });
}

function refusal({ challenge }: LoginContext): Problem {
  const attemptsRemaining = challengeLimits.wrongGuesses - challenge.wrongGuesses;
  if (attemptsRemaining <= 0) return exhausted();
  return new Problem('code-incorrect', { attemptsRemaining });
}

function exhausted(): Problem {
  return new Problem('attempts-exhausted', { attemptsRemaining: 0, retryAfterMs: 0 });
}

function attemptOf(requestId: string, kind: RecoveryKind, typed: string): string {
  return hash('sha256', JSON.stringify([requestId, kind, typed]), 'base64url');
}
