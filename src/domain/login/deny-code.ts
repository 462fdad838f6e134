import { type AuditEvent, inChallenge } from '../audit/audit.ts';
import type { Challenge, Code, LoginContext } from '../challenge/challenge.ts';
import { afterEnd } from '../challenge/new-challenge.ts';
import { type OpenDeps, openChallenge, updateChallenge } from '../challenge/open-challenge.ts';
import type { CodeRef, Deps, KeyPress } from '../ports.ts';
import { Problem } from '../problems.ts';
import { holdLane, holdNumber } from '../sending/denials.ts';
import { type HangUpDeps, hangUp } from '../sending/hang-up.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import { type EndDevicesDeps, endDeviceOf } from './end-known-devices.ts';

export type DenyDeps = OpenDeps &
  EndDevicesDeps &
  HangUpDeps &
  Pick<Deps, 'outcomes' | 'quotas' | 'fingerprint'>;

/**
 * "It was not me": ends the lane that the code was sent in. Who was called to confirm a number is perhaps a stranger, and
 * ends that challenge alone. May be repeated.
 *
 * @param method how the code was sent.
 * @throws Problem `challenge-expired` after the challenge's life.
 */
export async function denyCode(deps: DenyDeps, ref: CodeRef, method: string): Promise<void> {
  const context = await openChallenge(deps, ref.challenge);
  const { challenge, user } = context;
  if (challenge.endReason === 'denied') return;
  // Codes first: nothing that starts from now on has one.
  if (!ref.confirms) await stopLane(deps, context);
  else if (ref.line) await holdNumber(deps, ref.line, challenge.id);
  const others = ref.confirms ? [] : await othersInLane(deps, challenge);
  const denied = denialOf(challenge, { method, confirms: ref.confirms, ended: others.length });
  await deps.outcomes.deny(challenge, others, { denied, cancelled: others.map(cancellationOf) });
  await Promise.all(others.map((other) => end(deps, { challenge: other, now: context.now })));
  // Last: until then a repetition does all of it again.
  await end(deps, context, true);
  if (!ref.confirms) tellDevices(deps, user, { about: 'challenge-denied', hint: '' });
}

/** The same by a key in a call. @returns what the call says next, in the provider's form. */
export async function denyByKey(
  deps: DenyDeps,
  { ref, answers }: KeyPress,
  method: string,
): Promise<string> {
  try {
    await denyCode(deps, ref, method);
    return answers.denied;
  } catch (error) {
    if (Problem.is(error, 'challenge-expired')) return answers.end;
    throw error;
  }
}

/** The lane of a known device ends with the device. */
async function stopLane(deps: DenyDeps, context: LoginContext): Promise<void> {
  const { challenge, user } = context;
  await holdLane(deps, user, challenge.lane, challenge.id);
  await endDeviceOf(deps, context, 'denied');
}

async function othersInLane(
  { challenges }: Pick<Deps, 'challenges'>,
  challenge: Challenge,
): Promise<Challenge[]> {
  const open = await challenges.openIn(challenge, challenge.lane);
  return open.map((one) => one.challenge).filter(({ id }) => id !== challenge.id);
}

/** Nobody knows who held the phone. */
function denialOf(challenge: Challenge, details: AuditEvent['details']): AuditEvent {
  return { ...inChallenge(challenge, 'challenge.denied', details), actor: null };
}

function cancellationOf(challenge: Challenge): AuditEvent {
  const entry = inChallenge(challenge, 'challenge.cancelled', { reason: 'denied' });
  return { ...entry, actor: null };
}

/** `whatever`: also a challenge that has ended, with its result. */
async function end(
  deps: HangUpDeps & Pick<Deps, 'challenges'>,
  snapshot: Pick<LoginContext, 'challenge' | 'now'>,
  whatever = false,
): Promise<void> {
  let dropped: Code | null = null;
  await updateChallenge(
    deps,
    snapshot,
    ({ challenge: { outcome, code } }) => {
      if (outcome && !whatever) return null;
      dropped = code;
      const nothing = { approval: null, verified: null };
      return { ...afterEnd, ...nothing, outcome: 'cancelled', endReason: 'denied' };
    },
    () => ({ ends: true }),
  );
  if (dropped) hangUp(deps, dropped);
}
