import type { Deps } from '../domain/ports.ts';
import { second } from '../domain/time.ts';

/** To load an SDK and to collect garbage take the process for a moment: the first requests come before that. */
const afterMs = second;

/** Loads what the first code would wait for, and gives back the memory that only the start needed. */
export function settleAfterStart({ channels }: Pick<Deps, 'channels'>): void {
  const settle = async () => {
    await Promise.allSettled([...channels.values()].map((channel) => channel.prepare?.()));
    // It is there with --expose-gc alone. Under load, the young generation grows again.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
  setTimeout(settle, afterMs).unref();
}
