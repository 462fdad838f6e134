import type { AuditEvent } from '../audit/audit.ts';

/** Where a client wants to hear of what concerns its users; one endpoint a client. */
export type WebhookEndpoint = { client: string; url: string; createdAt: Date };

/** Endpoints of webhooks, as an operator sets them. PostgreSQL. */
export interface WebhookEndpoints {
  /**
   * Makes or replaces the endpoint of a client; what is still in the outbox goes there too.
   *
   * @returns the secret that signs its messages (`whsec_…`), new each time: shown this once.
   */
  set(client: string, url: string): Promise<string>;
  /** By name of the client. */
  list(): Promise<WebhookEndpoint[]>;
  /** With what was still to be sent there; false when there was no such endpoint. */
  remove(client: string): Promise<boolean>;
}

/** What an endpoint is told: an event of the audit trail, without network addresses. */
export type Alert = {
  type: AuditEvent['type'];
  /** RFC 3339, in UTC. */
  timestamp: string;
  data: Pick<AuditEvent, 'organizationId' | 'userId' | 'challengeId' | 'details'>;
};

/** An alert on its way to one endpoint. */
export type OutboxMessage = {
  id: string;
  url: string;
  /** Signs it: `whsec_` and base64. */
  secret: string;
  /** The same at every attempt, and no other message's. */
  webhookId: string;
  payload: Alert;
  /** How many came before this one. */
  attempts: number;
  createdAt: Date;
};

/** Brings an alert to its endpoint. */
export interface WebhookSender {
  /** Once, within its own time limit. @throws Error in one line, when it was not taken. */
  send(message: OutboxMessage): Promise<void>;
}

/** Alerts that are still to be sent: `AuditTrail.record` puts them here. PostgreSQL. */
export interface Outbox {
  /**
   * Takes up to `limit` messages that are due, longest due first. Nobody else gets them within
   * `leaseMs`; then they are due again, unless one of the following has been said of them.
   */
  claim(limit: number, leaseMs: number): Promise<OutboxMessage[]>;
  /** It arrived. */
  done(id: string): Promise<void>;
  /** It did not arrive: due again in `delayMs`. */
  retry(id: string, delayMs: number): Promise<void>;
  /** It will not arrive, and is dropped: the audit trail still has the event. */
  giveUp(id: string): Promise<void>;
}
