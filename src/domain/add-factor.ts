import { randomUUID } from 'node:crypto';
import { type DeviceSeen, type PendingFactor, permit, type Situation } from './challenge.ts';
import { factorKind } from './factors/index.ts';
import { issueCode } from './issue-code.ts';
import { openChallenge } from './open-challenge.ts';
import type { ChallengeRef, Deps, User } from './ports.ts';
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
  const { challenge, user } = situation;
  const { device } = challenge;
  const pending = pendingFactor(deps, { user, device, pending: challenge.pending }, input);
  return issueCode(deps, situation, (current) => {
    permit(current, 'enrol');
    return { target: pending, pending };
  });
}

type Enrolling = { user: User; device: DeviceSeen | null; pending: PendingFactor | null };

/** The factor that an input describes, before any code has come back from it. */
export function pendingFactor(
  { settings }: Deps,
  { user, device, pending }: Enrolling,
  { method, ...values }: FactorInput,
): PendingFactor {
  if (!settings.methods.includes(method)) throw notOffered();
  const address = factorKind(method).address(values, { user, settings, device });
  const same = (one: { method: string; address: string } | null) =>
    one?.method === method && one.address === address;
  if (user.factors.some(same)) throw new Problem('factor-exists');
  // The same number entered again is the same factor: it must wait for its resend like any other.
  return pending && same(pending) ? pending : { id: randomUUID(), method, address };
}

function notOffered(): Problem {
  return new Problem('invalid-request', {
    errors: [{ pointer: '/method', detail: 'is not offered' }],
  });
}
