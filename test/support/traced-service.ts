import { openTracing } from '../../src/adapters/tracing/open-tracing.ts';
import { readConfig } from '../../src/config/config.ts';
import { tracingSettings } from '../../src/config/tracing-settings.ts';
import type { Log } from '../../src/domain/ports.ts';
import { startCollector } from './fakes/collector.ts';
import { type ServiceOptions, startService } from './start-service.ts';

const quiet: Log = { info() {}, warn() {}, error() {} };

/** Traces as the settings say. */
export function tracingTo(url: string, env: Record<string, string> = {}, log = quiet) {
  const config = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env });
  const settings = tracingSettings(config, '0.0.0');
  if (!settings) throw new Error('traces are off');
  return openTracing(settings, log);
}

/** A service whose requests are traced, and the collector that hears of them. */
export async function startTracedService({ env = {}, ...options }: ServiceOptions = {}) {
  const collector = await startCollector();
  const tracing = tracingTo(collector.url, env);
  const service = await startService({ env, ...options, tracing });
  await service.organization({ policy: 'mandatory' });
  let flushed: Promise<void> | null = null;
  const flush = () => {
    flushed ??= tracing.close();
    return flushed;
  };
  return {
    service,
    collector,
    tracing,
    /** The last spans are sent; later requests leave none. */
    flush,
    async close(): Promise<void> {
      await service.close();
      await flush();
      await collector.close();
    },
  };
}
