import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { Log, Tracing } from '../../domain/ports.ts';
import { type Collector, sendingTo } from './collector.ts';
import { traceHttp } from './http-requests.ts';
import { type PostgresServer, traceDeliveries, traceQueries, traceWebhooks } from './parts.ts';
import { traceRedis } from './redis-commands.ts';
import { traceRequests } from './requests.ts';
import { type SamplerSettings, samplerOf } from './sampler.ts';
import { type Active, spansOf } from './spans.ts';

export type TracingSettings = {
  collector: Collector;
  sampler: SamplerSettings;
  /** Attributes of this service, such as `service.name`. */
  resource: Record<string, string>;
  /** Null for the embedded database. */
  postgres: PostgresServer | null;
  /** Whether Redis is found through Sentinels. */
  sentinels: boolean;
};

/** How long a stop waits for the collector. */
const closeLimitMs = 2_000;

/**
 * Opens traces. Nothing else of the service imports OpenTelemetry, so that it is not loaded without them.
 *
 * Redis and HTTP are followed by what ioredis and Node tell on their own channels: nothing is patched, which a bundle
 * would not allow.
 */
export function openTracing(settings: TracingSettings, log: Log): Tracing {
  const current = new AsyncLocalStorage<Active | null>();
  const provider = new TracerProvider({
    resource: resourceFromAttributes(settings.resource),
    sampler: samplerOf(settings.sampler),
    spanProcessors: [sendingTo(settings.collector, log, current)],
  });
  const spans = spansOf(provider.getTracer('doublecheck'), current);
  const stops = [traceRedis(spans, !settings.sentinels), traceHttp(spans)];
  return {
    request: traceRequests(spans),
    query: traceQueries(spans, settings.postgres),
    delivery: traceDeliveries(spans),
    webhook: traceWebhooks(spans),
    async close() {
      for (const stop of stops) stop();
      const late = delay(closeLimitMs, undefined, { ref: false });
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}
