import type { Fault, History, Message } from './history.ts';

/**
 * All that faults excuse. "A failover that forgets the last writes costs at most the looks left on the
 * codes then alive": for those codes alone a look may be given again, and an end they had come to.
 */

/**
 * After the end of a fault the service has so long to be as before. A provider that came back is tried
 * again 10 s after it last failed, and a delivery that was under way may fail 5 s after the fault.
 */
const recoveryMs: Record<Fault['kind'], number> = {
  replica: 10_000,
  redis: 10_000,
  postgres: 10_000,
  provider: 16_000,
  machine: 2_000,
};

/** What was written so long before a fault may not have reached another server. */
const replicationMs = 2_000;

/** How far two readings of a clock may lie apart, on a machine that is busy. */
export const marginMs = 2_000;

/** The faults that bear on a time, their aftermath included. */
export function faultsDuring({ faults }: History, from: number, to: number): Fault[] {
  return faults.filter((fault) => fault.from <= to && from <= fault.to + recoveryMs[fault.kind]);
}

/** The faults that may have taken back what was written at a moment. */
function forgetting({ faults }: History, from: number, to: number): Fault[] {
  return faults.filter(
    (fault) => fault.forgets && fault.from - replicationMs <= to && from <= fault.to,
  );
}

/** Whether what happened at a moment may have been forgotten. */
export function mayBeForgotten(history: History, at: number): boolean {
  return forgetting(history, at, at).length > 0;
}

/** How often each look at a code that lived so long may have been given. */
export function looksGiven(history: History, from: number, to: number): number {
  return 1 + forgetting(history, from, to).length;
}

/** The latest moment at which a code that reached a provider can be alive. */
export function longestLife({ terms }: History, { via, at }: Message): number {
  return at + (via === 'call' ? Math.max(terms.unheardMs, terms.codeTtlMs) : terms.codeTtlMs);
}
