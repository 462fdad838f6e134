import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

/** `OTEL_TRACES_SAMPLER`, and the share of the traces that begin here: 0 to 1. */
export type SamplerSettings = { name: string; ratio: number };

const roots: Record<string, (ratio: number) => Sampler> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
};

/** A name that begins with `parentbased_` leaves the choice to the caller, where there is one. */
export function samplerOf({ name, ratio }: SamplerSettings): Sampler {
  const root = roots[name.replace(/^parentbased_/, '')]?.(ratio);
  if (!root) throw new Error(`no sampler is called ${name}`);
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}
