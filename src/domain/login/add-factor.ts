import { randomUUID } from 'node:crypto';
import type { ChallengeRef, LoginContext, PendingFactor } from '../challenge/challenge.ts';
import { openChallenge } from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
import { factorKind } from '../factors/index.ts';
import { maxFactors } from '../limits.ts';
import type { Device, User } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { issueCode, type SendingDeps } from '../sending/issue-code.ts';
import { beginAddition } from './begin-addition.ts';
import type { CancelDeps } from './cancel-challenge.ts';

export type FactorInput = { method: string } & Record<string, string>;

/** It stays pending until its code comes back; another may replace it. The same attempt finds the code that it sent. */
export async function addFactor(
  deps: SendingDeps & CancelDeps,
  ref: ChallengeRef,
  input: FactorInput,
  attemptId: string,
): Promise<LoginContext> {
  const context = await openChallenge(deps, ref);
  if (context.challenge.purpose === 'edit') await beginEditAddition(deps, context);
  return issueCode(deps, context, attemptId, (current) => {
    assertAllowed(current, 'enrol');
    const { challenge, user } = current;
    const { device, pending } = challenge;
    const target = pendingFactor(deps, { user, device, pending }, input);
    return { target, pending: target };
  });
}

async function beginEditAddition(deps: CancelDeps, context: LoginContext): Promise<void> {
  assertAllowed(context, 'enrol');
  const { challenge, user } = context;
  if (user.factors.length >= maxFactors) throw new Problem('too-many-factors');
  await beginAddition(deps, user, challenge.id);
}

type Enrolling = { user: User; device: Device | null; pending: PendingFactor | null };

export function pendingFactor(
  { settings }: Pick<Deps, 'settings'>,
  { user, device, pending }: Enrolling,
  { method, ...values }: FactorInput,
): PendingFactor {
  if (!settings.methods.includes(method)) throw notOffered();
  const address = factorKind(method).address(values, { user, settings, device });
  const same = (one: { method: string; address: string } | null) =>
    one?.method === method && one.address === address;
  if (user.factors.some(same)) throw new Problem('factor-exists');
  // The same number again is the same factor, and waits for its resend.
  return pending && same(pending) ? pending : { id: randomUUID(), method, address };
}

function notOffered(): Problem {
  return new Problem('invalid-request', {
    errors: [{ pointer: '/method', detail: 'is not offered' }],
  });
}
