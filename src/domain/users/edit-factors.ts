import { entriesIn } from '../audit/audit.ts';
import type { LoginContext } from '../challenge/challenge.ts';
import { goodDevices, type ListedDevice } from '../challenge/lane.ts';
import { type Entrance, type OpenDeps, openChallenge } from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
import { type ApprovalDeps, approve } from '../login/approve.ts';
import { dropPending } from '../login/drop-pending.ts';
import { effectivePolicy } from '../policy.ts';
import type { Deps } from '../ports.ts';
import type { EndCallsDeps } from '../sending/hang-up.ts';
import { factorOf, promote, remove } from './change-factors.ts';
import { forgetThem } from './known-devices.ts';
import { replaceRecoveryCodes } from './recovery.ts';

/** The user's own changes in a challenge with purpose `edit`, after its second factor. */

async function openEdit(deps: OpenDeps, entrance: Entrance): Promise<LoginContext> {
  const context = await openChallenge(deps, entrance);
  assertAllowed(context, 'edit');
  return context;
}

export async function promoteInEdit(
  deps: OpenDeps & Pick<Deps, 'factors'>,
  entrance: Entrance,
  factorId: string,
): Promise<LoginContext> {
  const { challenge, user } = await openEdit(deps, entrance);
  await promote(deps, user, factorOf(user, factorId), entriesIn(challenge));
  return openChallenge(deps, entrance);
}

/** Also drops a factor that is not confirmed yet. */
export async function removeInEdit(
  deps: OpenDeps & EndCallsDeps & Pick<Deps, 'factors'>,
  entrance: Entrance,
  factorId: string,
): Promise<void> {
  const context = await openEdit(deps, entrance);
  const { challenge, user } = context;
  if (challenge.pending?.id === factorId) return dropPending(deps, context);
  const keepLast = effectivePolicy(user) === 'mandatory';
  await remove(deps, user, factorOf(user, factorId), { keepLast, entryFor: entriesIn(challenge) });
}

export async function createCodesInEdit(
  deps: OpenDeps & Pick<Deps, 'channels' | 'log'>,
  entrance: Entrance,
): Promise<string[]> {
  const { challenge, user } = await openEdit(deps, entrance);
  return replaceRecoveryCodes(deps, user, entriesIn(challenge));
}

export async function knownDevicesInEdit(
  deps: OpenDeps,
  entrance: Entrance,
): Promise<ListedDevice[]> {
  const { user } = await openEdit(deps, entrance);
  return goodDevices(user);
}

/** All of them when null. The edit itself goes on, also when it is on that device. */
export async function forgetInEdit(
  deps: OpenDeps & Pick<Deps, 'knownDevices' | 'channels' | 'log'>,
  entrance: Entrance,
  deviceId: string | null,
): Promise<void> {
  const { challenge, user } = await openEdit(deps, entrance);
  await forgetThem(deps, user, { deviceId, survivor: challenge.id }, entriesIn(challenge));
}

/** Ends the edit. It gives no result. */
export async function finishEdit(
  deps: OpenDeps & ApprovalDeps,
  entrance: Entrance,
  attemptId: string,
): Promise<LoginContext> {
  const context = await openChallenge(deps, entrance);
  assertAllowed(context, 'done');
  return approve(deps, context, { attemptId, verified: context.challenge.verified });
}
