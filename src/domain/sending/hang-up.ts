import type { Code } from '../challenge/challenge.ts';
import type { Deps } from '../ports.ts';

type Call = Pick<Code, 'method' | 'callId' | 'delivery'>;
type HangUpDeps = Pick<Deps, 'channels' | 'log'>;

/**
 * Ends the call of a code that nobody waits for any more, if it still rings. No answer waits for it,
 * and a provider that fails leaves the phone ringing for some seconds.
 */
export function hangUp(deps: HangUpDeps, { method, callId, delivery }: Call): void {
  const stillRings = delivery === 'accepted' || delivery === 'ringing';
  if (callId && stillRings) end(deps, method, callId, { answered: false });
}

/** Ends a call in any state: a newer one wants the line. */
export function endCall(deps: HangUpDeps, method: string, callId: string): void {
  end(deps, method, callId, { answered: true });
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
