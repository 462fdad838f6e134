/** In the text format of Prometheus. No label names a person or an organization. */
export interface Metrics {
  sendingRefused(method: string, reason: string): void;
  /** A budget had no room, by its name. */
  quotaRefused(budget: string): void;
  /** A code of 8 digits, for a user in careful mode. */
  carefulCode(method: string): void;
  /** An event that is in the audit trail now. */
  recorded(type: string): void;
  challenge(purpose: string, outcome: 'started' | 'approved' | 'cancelled'): void;
  /** From the start of a challenge to its approval. */
  approvedAfter(purpose: string, seconds: number): void;
  code(method: string, delivery: string): void;
  /** One request to a store or a provider. */
  asked(dependency: string, outcome: 'ok' | 'error', seconds: number): void;
  /** Whether a provider is left alone. */
  circuit(provider: string, open: boolean): void;
  /** Changes that were written in one statement. */
  groupWritten(changes: number): void;
  text(): Promise<string>;
}
