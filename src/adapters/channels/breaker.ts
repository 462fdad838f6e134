import CircuitBreaker from 'opossum';
import type { Log } from '../../domain/ports.ts';
import { wasNotTaken } from './provider-call.ts';

/** Asks a provider; while it is known to fail, rejects at once without asking. */
export type Breaker = <T>(ask: () => Promise<T>) => Promise<T>;

/** Why these numbers: docs/decisions/0009-circuit-breakers.md. */
export const leftAloneMs = 10_000;
const options = {
  volumeThreshold: 5,
  errorThresholdPercentage: 50,
  rollingCountTimeout: 30_000,
  resetTimeout: leftAloneMs,
  // Each request has its own time limit, which also cuts its connection.
  timeout: false,
  errorFilter: isRefusal,
  enableSnapshots: false,
  rollingPercentilesEnabled: false,
} as const;

/** One for each provider: what one number meets tells of the next only where the provider fails. */
export function breakerFor(provider: string, log: Log): Breaker {
  const circuit = new CircuitBreaker((ask: () => Promise<unknown>) => ask(), options);
  let failing = false;
  circuit.on('open', () => {
    // It opens again after each attempt in vain: that is no news.
    if (!failing)
      log.error({ provider }, 'the provider fails: it is hardly asked until it is back');
    failing = true;
  });
  circuit.on('close', () => {
    failing = false;
    log.info({ provider }, 'the provider is back');
  });
  return <T>(ask: () => Promise<T>) => circuit.fire(ask) as Promise<T>;
}

/** Whether the provider works and said no to this one request: to a number, to a push token. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/**
 * Whether the provider surely delivers nothing: it was not asked, was not reached, or refused. What
 * broke off later may have arrived, and so may what was answered with 500, 502 or 504.
 */
export function isNotPlaced(error: unknown): boolean {
  const refused = isRefusal(error) || statusOf(error) === 429;
  return Object(error).code === 'EOPENBREAKER' || wasNotTaken(error) || refused;
}

/** The status of the answer that an SDK's error tells of; NaN where there was none. */
export function statusOf(error: unknown): number {
  const { status, httpResponse } = Object(error);
  return Number(status ?? httpResponse?.status);
}
