import type { AuditEvent, RecordedEvent } from '../audit/audit.ts';

/** A record of everything that happened. PostgreSQL. */
export interface AuditTrail {
  /**
   * Resolves when the event is on disk. Await it before the answer.
   *
   * @param subject records the event once for each type and subject.
   */
  record(event: AuditEvent, subject?: string): Promise<void>;
  /** Newest first. `before` is the id of the last event of the previous page. */
  list(query: {
    organizationId: string;
    userId: string | null;
    before: string | null;
    limit: number;
  }): Promise<RecordedEvent[]>;
  prune(moment: Date): Promise<void>;
}
