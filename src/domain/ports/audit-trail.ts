import type { AuditEvent, RecordedEvent } from '../audit/audit.ts';

/** What happened, kept for those who ask later. PostgreSQL. */
export interface AuditTrail {
  /** Resolves when it is on disk: to be awaited before the answer that it is about. */
  record(event: AuditEvent): Promise<void>;
  /**
   * The same, where the entry also uses up `id`: there is never a second one that does. Not for events
   * that are alerts.
   *
   * @param by names the attempt: the same one that comes again is told so again, with no second entry.
   * @returns false, with nothing recorded, when another attempt was first.
   */
  recordOnce(event: AuditEvent, id: string, by: string): Promise<boolean>;
  /** Newest first; `before` is the id of the last event of the page before. */
  list(query: {
    organizationId: string;
    userId: string | null;
    before: string | null;
    limit: number;
  }): Promise<RecordedEvent[]>;
  /** Removes what happened before `moment`, a bounded number at a time until none is left. */
  prune(moment: Date): Promise<void>;
}
