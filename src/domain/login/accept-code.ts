import { inChallenge } from '../audit/audit.ts';
import type { Code, LoginContext, PendingFactor, VerifiedFactor } from '../challenge/challenge.ts';
import { asksForBackup } from '../challenge/enrolment.ts';
import { contextOf, updateChallenge } from '../challenge/open-challenge.ts';
import { factorKind } from '../factors/index.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { hangUp } from '../sending/hang-up.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import { type ApprovalDeps, approve, dropCode } from './approve.ts';
import type { Attempt } from './guess-account.ts';

export type AcceptDeps = ApprovalDeps & Pick<Deps, 'users' | 'factors' | 'settings'>;

export async function acceptCode(
  deps: AcceptDeps,
  context: LoginContext,
  attempt: Attempt,
): Promise<LoginContext> {
  const { code } = attempt;
  const proved = await proveFactor(deps, context, code);
  const { method, factorId } = code;
  const verified = proved.challenge.verified ?? { method, factorId };
  const next = asksForBackup(proved, deps.settings) ? goOn : approveBy;
  const accepted = await next(deps, proved, verified, attempt);
  if (code.delivery === 'ringing') hangUp(deps, code);
  return accepted;
}

function approveBy(
  deps: AcceptDeps,
  context: LoginContext,
  verified: VerifiedFactor,
  { code, attemptId }: Attempt,
): Promise<LoginContext> {
  return approve(deps, context, { verified, code, attemptId });
}

async function goOn(
  deps: AcceptDeps,
  context: LoginContext,
  verified: VerifiedFactor,
  { code, codeId, attemptId }: Attempt,
): Promise<LoginContext> {
  const { factorId } = code;
  const consumed = await deps.outcomes.consumeCode(context.user, { codeId, factorId, attemptId });
  if (!consumed) throw await dropCode(deps, context, codeId);
  return updateChallenge(deps, context, ({ challenge }) => {
    if (challenge.outcome) throw new Problem('challenge-finished');
    return { verified, code: null, proof: null, pending: null };
  });
}

async function proveFactor(
  deps: AcceptDeps,
  context: LoginContext,
  code: Code,
): Promise<LoginContext> {
  const { pending } = context.challenge;
  // What uses the code up, in the next step, also checks that its factor is still the user's.
  if (pending?.id !== code.factorId) return context;
  await confirm(deps, context, pending, code.hint);
  const user = await deps.users.load(context.user);
  // Removed in the meantime: it proves nothing.
  if (!user.factors.some(({ id }) => id === code.factorId)) throw new Problem('code-not-sent');
  return contextOf(deps, context, user);
}

async function confirm(
  deps: AcceptDeps,
  context: LoginContext,
  pending: PendingFactor,
  hint: string,
): Promise<void> {
  const { challenge, user } = context;
  const device = factorKind(pending.method).reachesDevices ? challenge.device : null;
  const confirmation = { factor: pending, device, alreadyVerified: challenge.verified !== null };
  const details = { method: pending.method, hint, factorId: pending.id };
  const entry = inChallenge(challenge, 'factor.added', details);
  const outcome = await deps.factors.confirm(user, confirmation, entry);
  if (outcome === 'gone') throw new Problem('challenge-expired');
  if (outcome !== 'confirmed') {
    await updateChallenge(deps, context, () => ({ pending: null }));
    throw new Problem(outcome);
  }
  tellDevices(deps, user, { about: 'factor-added', hint });
}
