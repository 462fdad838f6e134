import type { AuditEvent } from '../audit/audit.ts';

/** Each client has at most one. */
export type WebhookEndpoint = { client: string; url: string; createdAt: Date };

/** `entry` is recorded in the same transaction. PostgreSQL. */
export interface WebhookEndpoints {
  /** Alerts in the outbox go there too. @returns the new signing secret (`whsec_…`), shown only once. */
  set(client: string, url: string, entry: AuditEvent): Promise<string>;
  list(): Promise<WebhookEndpoint[]>;
  /** Also drops its unsent alerts. @returns false when there was none. */
  remove(client: string, entry: AuditEvent): Promise<boolean>;
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
  retry(id: string, delayMs: number): Promise<void>;
  giveUp(id: string): Promise<void>;
  /** What waits, also what is not due yet. `oldestSeconds` is 0 when nothing waits. */
  backlog(): Promise<{ messages: number; oldestSeconds: number }>;
}
