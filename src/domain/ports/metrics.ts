/** Figures for the people who operate the service; no label names a person. */
export interface Metrics {
  /** @param reason the problem's name. */
  sendingRefused(method: string, reason: string): void;
  /** All of them, in the text format of Prometheus. */
  text(): Promise<string>;
}
