import { randomUUID } from 'node:crypto';
import type { Code } from '../challenge/challenge.ts';
import { lanesOf } from '../challenge/lane.ts';
import { factorKind } from '../factors/index.ts';
import type { Factor, User } from '../people.ts';
import type { Deps } from '../ports.ts';
import { second } from '../time.ts';
import { laneSubject, numberSubject } from './subjects.ts';

type Call = Pick<Code, 'method' | 'callId' | 'delivery'>;
export type HangUpDeps = Pick<Deps, 'channels' | 'log'>;
export type EndCallsDeps = HangUpDeps & Pick<Deps, 'lines' | 'fingerprint'>;

/** Ends a call that still rings, in the background. If that fails, the phone rings some seconds more. */
export function hangUp(deps: HangUpDeps, { method, callId, delivery }: Call): void {
  const stillRings = delivery === 'accepted' || delivery === 'ringing';
  if (callId && stillRings) end(deps, method, callId, { answered: false });
}

export function endCall(deps: HangUpDeps, method: string, callId: string): void {
  end(deps, method, callId, { answered: true });
}

/** Ends the calls of a user to factors that are gone. Never rejects. */
export async function endCallsTo(
  deps: EndCallsDeps,
  user: User,
  factors: readonly Pick<Factor, 'method' | 'address'>[],
): Promise<void> {
  const owners = lanesOf(user).map((lane) => laneSubject(deps, user, lane));
  const called = factors.filter(({ method }) => !factorKind(method).reachesDevices);
  const lines = called.flatMap((factor) => owners.map((owner) => ({ ...factor, owner })));
  const ending = lines.map(async ({ method, address, owner }) => {
    const number = numberSubject(deps, user, address);
    const call = { number, owner, outranks: null, codeId: randomUUID() };
    const older = await deps.lines.take(call, second);
    for (const callId of older ?? []) endCall(deps, method, callId);
    await deps.lines.leave(call);
  });
  for (const one of await Promise.allSettled(ending))
    if (one.status === 'rejected') deps.log.warn({ err: one.reason }, 'a call was not ended');
}

function end(
  { channels, log }: HangUpDeps,
  method: string,
  callId: string,
  options: { answered: boolean },
): void {
  channels
    .get(method)
    ?.hangUp?.(callId, options)
    .catch((err: unknown) => log.warn({ err, method }, 'the call could not be ended'));
}
