import { randomUUID } from 'node:crypto';
import { type Code, strangersLane } from '../challenge/challenge.ts';
import { factorKind } from '../factors/index.ts';
import type { Factor, UserKey } from '../people.ts';
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
  user: UserKey,
  factors: readonly Pick<Factor, 'method' | 'address'>[],
): Promise<void> {
  const owner = laneSubject(deps, user, strangersLane);
  const called = factors.filter(({ method }) => !factorKind(method).reachesDevices);
  const ending = called.map(async ({ method, address }) => {
    const call = { number: numberSubject(deps, user, address), owner, codeId: randomUUID() };
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
