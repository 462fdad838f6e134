/** Figures for operators. No label names a person. */
export interface Metrics {
  /** @param reason the problem's name. */
  sendingRefused(method: string, reason: string): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}
