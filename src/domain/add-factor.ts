import { randomUUID } from 'node:crypto';
import { type PendingFactor, permit, type Situation } from './challenge.ts';
import { factorKind } from './factors/index.ts';
import { issueCode } from './issue-code.ts';
import { openChallenge } from './open-challenge.ts';
import type { ChallengeRef, Deps } from './ports.ts';
import { Problem } from './problems.ts';

export type FactorInput = { method: string } & Record<string, string>;

/**
 * Sets up a factor during enrolment and sends it a code at once. It is pending, known to this
 * challenge alone, until that code comes back; until then another may take its place.
 */
export async function addFactor(
  deps: Deps,
  ref: ChallengeRef,
  input: FactorInput,
): Promise<Situation> {
  const situation = await openChallenge(deps, ref);
  permit(situation, 'enrol');
  const pending = pendingFactor(deps, situation, input);
  return issueCode(deps, situation, (current) => {
    permit(current, 'enrol');
    return { target: pending, pending };
  });
}

function pendingFactor(deps: Deps, situation: Situation, input: FactorInput): PendingFactor {
  const { method, ...values } = input;
  const { settings } = deps;
  if (!settings.methods.includes(method)) throw notOffered();
  const { challenge, user } = situation;
  const address = factorKind(method).address(values, { user, settings, device: challenge.device });
  const same = (one: { method: string; address: string } | null) =>
    one?.method === method && one.address === address;
  if (user.factors.some(same)) throw new Problem('factor-exists');
  // The same number entered again is the same factor: it must wait for its resend like any other.
  if (challenge.pending && same(challenge.pending)) return challenge.pending;
  return { id: randomUUID(), method, address };
}

function notOffered(): Problem {
  return new Problem('invalid-request', {
    errors: [{ pointer: '/method', detail: 'is not offered' }],
  });
}
