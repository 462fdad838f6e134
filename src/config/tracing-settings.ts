import type { TracingSettings } from '../adapters/tracing/open-tracing.ts';
import type { Config } from './config.ts';
import { redisTopology } from './redis-settings.ts';

/** Where traces go, and of what. Null when they are off. */
export function tracingSettings(config: Config, version: string): TracingSettings | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = config;
  const url = traces ?? (all && `${all.replace(/\/+$/, '')}/v1/traces`);
  if (!url || config.OTEL_SDK_DISABLED) return null;
  return {
    collector: { url, headers: config.OTEL_EXPORTER_OTLP_HEADERS ?? {} },
    sampler: { name: config.OTEL_TRACES_SAMPLER, ratio: config.OTEL_TRACES_SAMPLER_ARG },
    resource: {
      'service.name': 'doublecheck',
      'service.version': version,
      ...config.OTEL_RESOURCE_ATTRIBUTES,
      ...(config.OTEL_SERVICE_NAME && { 'service.name': config.OTEL_SERVICE_NAME }),
    },
    postgres: postgresOf(config),
    sentinels: redisTopology(config)?.kind === 'sentinel',
  };
}

function postgresOf({ DATABASE_URL: url }: Config): TracingSettings['postgres'] {
  if (!url) return null;
  const { hostname, port, pathname } = new URL(url);
  return { address: hostname, port: Number(port || 5432), database: pathname.slice(1) };
}
