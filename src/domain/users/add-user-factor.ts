import { randomUUID } from 'node:crypto';
import { type LoginContext, strangersLane } from '../challenge/challenge.ts';
import { laneOf } from '../challenge/lane.ts';
import { newChallenge } from '../challenge/new-challenge.ts';
import { contextOf, createdOf, whileItBegins } from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
import { maxFactors } from '../limits.ts';
import { type FactorInput, pendingFactor } from '../login/add-factor.ts';
import { beginAddition } from '../login/begin-addition.ts';
import type { CancelDeps } from '../login/cancel-challenge.ts';
import type { User, UserKey } from '../people.ts';
import { Problem } from '../problems.ts';
import { issueCode, type SendingDeps } from '../sending/issue-code.ts';
import { type FactorCaller, requireOwner, requireStepUp } from './factor-access.ts';

/** Adds a factor outside a login, in a challenge of its own that sends a code. */
export async function addUserFactor(
  deps: SendingDeps & CancelDeps,
  key: UserKey,
  input: FactorInput,
  caller: FactorCaller & { client: string },
): Promise<LoginContext> {
  requireOwner(caller, key);
  const user = await deps.users.load(key);
  if (!user.organization) throw new Problem('not-found');
  const stepUp = await requireStepUp(deps, user, caller);
  if (user.factors.length >= maxFactors) throw new Problem('too-many-factors');
  const pending = pendingFactor(deps, { user, device: null, pending: null }, input);
  const { client, address } = caller;
  const id = deps.challenges.idFor(key, randomUUID());
  const beginning = { id, client, address, app: client, appVersion: null, device: null };
  const lane = openLane(user, stepUp?.lane ?? strangersLane);
  const draft = newChallenge(user, { ...beginning, purpose: 'factor', language: null, lane });
  const { verified = null } = stepUp ?? {};
  const lifetimeMs = deps.settings.challengeTtlMs;
  const snapshot = createdOf(
    deps,
    await deps.challenges.create({ ...draft, verified }, { lifetimeMs }),
  );
  await beginAddition(deps, user, id);
  const context = contextOf(deps, snapshot, user);
  const choose = (current: LoginContext) => {
    assertAllowed(current, 'enrol');
    return { target: pending, pending };
  };
  return whileItBegins(() => issueCode(deps, context, id, choose));
}

/** The lane of the challenge that proved the user, while its known device is good. */
function openLane(user: User, lane: string): string {
  const isGood = user.knownDevices.some(({ id, endedBy }) => laneOf(id) === lane && !endedBy);
  return isGood ? lane : strangersLane;
}
