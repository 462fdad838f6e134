import type { AuditEvent } from '../audit/audit.ts';

/** Where a client receives alerts. Each client has at most one endpoint. */
export type WebhookEndpoint = { client: string; url: string; createdAt: Date };

/** Endpoints, as an operator sets them. PostgreSQL. */
export interface WebhookEndpoints {
  /**
   * Creates or replaces an endpoint. Alerts in the outbox go there too.
   *
   * @returns the new signing secret (`whsec_…`), shown only once.
   */
  set(client: string, url: string): Promise<string>;
  list(): Promise<WebhookEndpoint[]>;
  /** Also drops its unsent alerts. @returns false when there was no endpoint. */
  remove(client: string): Promise<boolean>;
}

/** An event of the audit trail, without network addresses. */
export type Alert = {
  type: AuditEvent['type'];
  /** RFC 3339, in UTC. */
  timestamp: string;
  data: Pick<AuditEvent, 'organizationId' | 'userId' | 'challengeId' | 'details'>;
};

export type OutboxMessage = {
  id: string;
  url: string;
  /** `whsec_` and base64. */
  secret: string;
  /** The same at every attempt. */
  webhookId: string;
  payload: Alert;
  /** Earlier attempts. */
  attempts: number;
  createdAt: Date;
};

export interface WebhookSender {
  /** Sends once, within its own time limit. @throws Error with one line when it was not accepted. */
  send(message: OutboxMessage): Promise<void>;
}

/** Alerts to send. `AuditTrail.record` adds them. PostgreSQL. */
export interface Outbox {
  /** Takes up to `limit` due messages, the oldest first. No other caller gets them within `leaseMs`. */
  claim(limit: number, leaseMs: number): Promise<OutboxMessage[]>;
  done(id: string): Promise<void>;
  /** It is due again in `delayMs`. */
  retry(id: string, delayMs: number): Promise<void>;
  /** Drops it. The audit trail still has the event. */
  giveUp(id: string): Promise<void>;
}
