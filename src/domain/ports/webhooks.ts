import type { AuditEvent } from '../audit/audit.ts';

/** Where a client receives alerts. Each client has at most one endpoint. */
export type WebhookEndpoint = { client: string; url: string; createdAt: Date };

/** Endpoints of webhooks, as an operator sets them. PostgreSQL. */
export interface WebhookEndpoints {
  /**
   * Creates or replaces the endpoint of a client. Alerts still in the outbox go there too.
   *
   * @returns the secret that signs its messages (`whsec_…`). It is new each time, and shown only once.
   */
  set(client: string, url: string): Promise<string>;
  /** Ordered by client name. */
  list(): Promise<WebhookEndpoint[]>;
  /** Also drops its unsent alerts. @returns false when there was no endpoint. */
  remove(client: string): Promise<boolean>;
}

/** What an endpoint receives: an event of the audit trail, without network addresses. */
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
  /** Unique to the message, and the same at every attempt. */
  webhookId: string;
  payload: Alert;
  /** The number of earlier attempts. */
  attempts: number;
  createdAt: Date;
};

/** Sends an alert to its endpoint. */
export interface WebhookSender {
  /** Sends once, within its own time limit. @throws Error with one line when it was not accepted. */
  send(message: OutboxMessage): Promise<void>;
}

/** Alerts that wait to be sent. `AuditTrail.record` adds them. PostgreSQL. */
export interface Outbox {
  /**
   * Takes up to `limit` messages that are due, the oldest first. No other caller gets them within
   * `leaseMs`. After that they are due again, unless one of the calls below came first.
   */
  claim(limit: number, leaseMs: number): Promise<OutboxMessage[]>;
  /** It arrived. */
  done(id: string): Promise<void>;
  /** It did not arrive. It is due again in `delayMs`. */
  retry(id: string, delayMs: number): Promise<void>;
  /** It will not arrive. It is dropped; the audit trail still has the event. */
  giveUp(id: string): Promise<void>;
}
