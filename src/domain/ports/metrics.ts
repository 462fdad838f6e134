/** In the text format of Prometheus. No label names a person. */
export interface Metrics {
  sendingRefused(method: string, reason: string): void;
  text(): Promise<string>;
}
