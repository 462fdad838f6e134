import { inChallenge } from '../audit/audit.ts';
import type {
  ChallengePatch,
  Code,
  LoginContext,
  PendingFactor,
  VerifiedFactor,
} from '../challenge/challenge.ts';
import { asksForBackup } from '../challenge/enrolment.ts';
import { contextOf, updateChallenge, withRecoveryCodes } from '../challenge/open-challenge.ts';
import { proofOf } from '../challenge/open-stage.ts';
import { factorKind } from '../factors/index.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { hangUp } from '../sending/hang-up.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import { type ApprovalDeps, approve, dropCode } from './approve.ts';
import type { Attempt } from './guess-account.ts';

export type AcceptDeps = ApprovalDeps &
  Pick<Deps, 'users' | 'factors' | 'settings' | 'recoverySecrets'>;

export async function acceptCode(
  deps: AcceptDeps,
  context: LoginContext,
  attempt: Attempt,
): Promise<LoginContext> {
  const { code } = attempt;
  const proved = await proveFactor(deps, context, code);
  const { attemptId, remember } = attempt;
  const proof = { code, attemptId, remember };
  const accepted = await acceptProof(deps, proved, proofBy(proved, code), proof);
  if (code.delivery === 'ringing') hangUp(deps, code);
  return accepted;
}

/** In an edit the newest factor counts: the one before it may be removed next. */
function proofBy({ challenge }: LoginContext, { method, factorId }: Code): VerifiedFactor {
  const { purpose, verified } = challenge;
  const stays = verified && (purpose !== 'edit' || verified.factorId === null);
  return stays ? verified : { method, factorId };
}

/** `code` is what a right guess consumes. A pass is used up before. */
type ProofAttempt = Pick<Attempt, 'attemptId' | 'remember'> & Partial<Pick<Attempt, 'code'>>;

/** After a proof of any kind: the set-up that is still missing, or the approval. */
export function acceptProof(
  deps: AcceptDeps,
  context: LoginContext,
  verified: VerifiedFactor,
  attempt: ProofAttempt,
): Promise<LoginContext> {
  const { challenge, user } = context;
  const goesOn =
    challenge.purpose === 'edit' ||
    user.factors.length === 0 ||
    asksForBackup(context, deps.settings);
  return goesOn
    ? goOn(deps, context, verified, attempt)
    : approve(deps, context, { verified, ...attempt });
}

async function goOn(
  deps: AcceptDeps,
  context: LoginContext,
  verified: VerifiedFactor,
  { code, attemptId, remember }: ProofAttempt,
): Promise<LoginContext> {
  if (code) await consume(deps, context, code, attemptId);
  const { purpose } = context.challenge;
  if (purpose === 'edit' && !proofOf(context)) await deps.guessAccounts.forgive(context.challenge);
  const noted: ChallengePatch = {
    ...(code && { codeProved: true }),
    ...(remember && { remember }),
  };
  const proved = await updateChallenge(deps, context, ({ challenge }) => {
    if (challenge.outcome) throw new Problem('challenge-finished');
    return { verified, code: null, proof: null, pending: null, ...noted };
  });
  return withRecoveryCodes(deps, proved);
}

async function consume(
  deps: AcceptDeps,
  context: LoginContext,
  { id: codeId, factorId }: Code,
  attemptId: string,
): Promise<void> {
  const consumed = await deps.outcomes.consumeCode(context.user, { codeId, factorId, attemptId });
  if (!consumed) throw await dropCode(deps, context, codeId);
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
  const confirmation = { factor: pending, device, alreadyVerified: proofOf(context) !== null };
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
