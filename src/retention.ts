import type { AuditTrail, Log } from './domain/ports.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Removes what the audit trail has kept long enough: now, and every hour. Replicas may do it side
 * by side.
 *
 * @returns what ends it.
 */
export function keepPruning(trail: AuditTrail, { days, log }: { days: number; log: Log }) {
  const prune = () =>
    trail.prune(new Date(Date.now() - days * dayMs)).catch((err: unknown) => {
      log.warn({ err }, 'the audit trail could not be pruned; it is tried again in an hour');
    });
  void prune();
  const timer = setInterval(prune, hourMs);
  timer.unref();
  return () => clearInterval(timer);
}
