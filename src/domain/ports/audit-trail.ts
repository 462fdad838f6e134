import type { AuditEvent, RecordedEvent } from '../audit/audit.ts';

/** A record of everything that happened. PostgreSQL. */
export interface AuditTrail {
  /** Resolves when the event is on disk. Await it before the answer that it is about. */
  record(event: AuditEvent): Promise<void>;
  /**
   * Records an event that also consumes `id`. Only one attempt can consume an id. Not for events that
   * are alerts.
   *
   * @param by names the attempt. The same attempt may call again: it gets true, without a second entry.
   * @returns false, with nothing recorded, when another attempt was first.
   */
  recordOnce(event: AuditEvent, id: string, by: string): Promise<boolean>;
  /** Newest first. `before` is the id of the last event on the previous page. */
  list(query: {
    organizationId: string;
    userId: string | null;
    before: string | null;
    limit: number;
  }): Promise<RecordedEvent[]>;
  /** Removes all events before `moment`, in small steps. */
  prune(moment: Date): Promise<void>;
}
