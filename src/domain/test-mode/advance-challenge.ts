import type { Challenge, ChallengePatch, LoginContext } from '../challenge/challenge.ts';
import { updateChallenge } from '../challenge/open-challenge.ts';
import { findChallenge } from '../login/find-challenge.ts';
import type { TestDeps } from './test-deps.ts';

/** That time has passed for the challenge, its codes, calls and result. Not for locks, budgets or denials. */
export async function advanceChallenge(
  deps: TestDeps,
  { challenge, ...context }: LoginContext,
  ms: number,
): Promise<LoginContext> {
  await updateChallenge(deps, { challenge, ...context }, (current) =>
    earlier(current.challenge, ms),
  );
  await deps.testOutcomes.advance(challenge.id, ms);
  return findChallenge(deps, challenge.id, challenge.client);
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
