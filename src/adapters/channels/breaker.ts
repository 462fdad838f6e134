import CircuitBreaker from 'opossum';
import type { Log } from '../../domain/ports.ts';
import { wasNotTaken } from './provider-call.ts';

/** Asks a provider, or rejects at once while the provider fails. */
export type Breaker = <T>(ask: () => Promise<T>) => Promise<T>;

/** For these numbers, see docs/decisions/0009-circuit-breakers.md. */
export const leftAloneMs = 10_000;
const options = {
  volumeThreshold: 5,
  errorThresholdPercentage: 50,
  rollingCountTimeout: 30_000,
  resetTimeout: leftAloneMs,
  // Each request has its own time limit, which also closes its connection.
  timeout: false,
  errorFilter: isRefusal,
  enableSnapshots: false,
  rollingPercentilesEnabled: false,
} as const;

/** One for each provider, not for each number: only a failure of the provider affects others. */
export function breakerFor(
  provider: string,
  log: Log,
  tell: (provider: string, open: boolean) => void = () => {},
): Breaker {
  const circuit = new CircuitBreaker((ask: () => Promise<unknown>) => ask(), options);
  let failing = false;
  circuit.on('open', () => {
    // It opens again after each failed attempt: do not log that.
    if (!failing)
      log.error({ provider }, 'the provider fails: it is hardly asked until it is back');
    failing = true;
    tell(provider, true);
  });
  circuit.on('close', () => {
    failing = false;
    tell(provider, false);
    log.info({ provider }, 'the provider is back');
  });
  return <T>(ask: () => Promise<T>) => circuit.fire(ask) as Promise<T>;
}

/** Whether the provider works and refused this one request. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** Whether nothing was sent for certain. After a broken connection or a 500, 502 or 504 it may still arrive. */
export function isNotPlaced(error: unknown): boolean {
  const refused = isRefusal(error) || statusOf(error) === 429;
  return Object(error).code === 'EOPENBREAKER' || wasNotTaken(error) || refused;
}

/** The HTTP status in an SDK's error. NaN without one. */
export function statusOf(error: unknown): number {
  const { status, httpResponse } = Object(error);
  return Number(status ?? httpResponse?.status);
}
