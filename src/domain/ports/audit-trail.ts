import type { AuditEvent, RecordedEvent } from '../audit/audit.ts';

/** Everything that happened. PostgreSQL. */
export interface AuditTrail {
  /** Resolves when the event is on disk: await it before the answer. Records it once for each type and `subject`. */
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
