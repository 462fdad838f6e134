import { Counter, Registry } from 'prom-client';
import type { Metrics } from '../domain/ports.ts';

/** Counters of the domain, for Prometheus. */
export function prometheusMetrics(): Metrics {
  const registry = new Registry();
  const refused = new Counter({
    name: 'doublecheck_sendings_refused_total',
    help: 'Codes that were asked for and not sent, by method and reason.',
    labelNames: ['method', 'reason'],
    registers: [registry],
  });
  return {
    sendingRefused: (method, reason) => refused.inc({ method, reason }),
    text: () => registry.metrics(),
  };
}
