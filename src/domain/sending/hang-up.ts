import type { Code } from '../challenge/challenge.ts';
import type { Deps } from '../ports.ts';

type Call = Pick<Code, 'method' | 'callId' | 'delivery'>;

/**
 * Ends the call of a code that nobody waits for any more, if it still rings. The person at the screen
 * does not wait for it, and a provider that fails leaves the phone ringing for some seconds.
 */
export function hangUp({ channels, log }: Pick<Deps, 'channels' | 'log'>, code: Call): void {
  const { callId, method } = code;
  const stillRings = code.delivery === 'accepted' || code.delivery === 'ringing';
  if (!callId || !stillRings) return;
  channels
    .get(method)
    ?.hangUp?.(callId)
    .catch((err: unknown) => log.warn({ err, method }, 'the call could not be ended'));
}
