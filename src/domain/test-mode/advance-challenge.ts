import type { Challenge, ChallengePatch, LoginContext } from '../challenge/challenge.ts';
import { contextOf, refOf, updateChallenge } from '../challenge/open-challenge.ts';
import { Problem } from '../problems.ts';
import type { TestDeps } from './test-deps.ts';

/** That time has passed for the challenge, its codes, calls and result. Not for locks, budgets or denials. */
export async function advanceChallenge(
  deps: TestDeps,
  context: LoginContext,
  ms: number,
): Promise<LoginContext> {
  const ref = refOf(context.challenge);
  await updateChallenge(deps, context, ({ challenge }) => earlier(challenge, ms));
  await deps.testOutcomes.advance(ref.id, ms);
  const [snapshot, user] = await Promise.all([deps.challenges.read(ref), deps.users.load(ref)]);
  if (!snapshot) throw new Problem('not-found');
  return afterTime(contextOf(deps, snapshot, user));
}

function earlier({ createdAt, expiresAt, code, proof, approval }: Challenge, ms: number) {
  return {
    createdAt: createdAt - ms,
    expiresAt: expiresAt - ms,
    code: code && {
      ...code,
      sentAt: code.sentAt - ms,
      expiresAt: code.expiresAt - ms,
      resendAt: code.resendAt - ms,
    },
    proof: proof && { ...proof, at: proof.at - ms },
    approval: approval && {
      ...approval,
      at: approval.at - ms,
      resultExpiresAt: approval.resultExpiresAt - ms,
    },
  } satisfies ChallengePatch;
}

/** One that was not ended in its time has expired. */
function afterTime(context: LoginContext): LoginContext {
  const { challenge, now } = context;
  if (challenge.outcome || now < challenge.expiresAt) return context;
  return { ...context, challenge: { ...challenge, outcome: 'cancelled', endReason: 'expired' } };
}
