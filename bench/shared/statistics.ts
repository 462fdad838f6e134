/** The value below which this part of all values lies. Values must be sorted. */
export function quantile(sorted: readonly number[], part: number): number {
  const index = Math.min(sorted.length - 1, Math.floor(part * sorted.length));
  return sorted[index] ?? Number.NaN;
}

export type Spread = { median: number; min: number; max: number };

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

export type Latency = { p50: number; p95: number; p99: number };

/** @param durations milliseconds, in any order. */
export function latencyOf(durations: readonly number[]): Latency {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (part: number) => rounded(quantile(sorted, part), 1);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
