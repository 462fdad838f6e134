import type { AuditTrail } from '../ports/audit-trail.ts';
import type { RecordedEvent } from './audit.ts';

/** Newest first. Reads one page at a time. */
export async function* allEvents(
  trail: AuditTrail,
  query: { organizationId: string; userId: string | null },
): AsyncGenerator<RecordedEvent> {
  let before: string | null = null;
  for (;;) {
    const page: RecordedEvent[] = await trail.list({ ...query, before, limit: 500 });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < 500) return;
    before = last.id;
  }
}
