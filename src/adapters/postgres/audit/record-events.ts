import { type AuditEvent, alertTypes } from '../../../domain/audit/audit.ts';
import { Prisma } from '../generated/client.ts';
import { withAlerts } from './outbox.ts';

/** Part of the transaction of the change itself. With `attemptId`, each event is recorded once for it. */
export async function recordEvents(
  tx: Prisma.TransactionClient,
  events: readonly AuditEvent[],
  attemptId?: string,
): Promise<void> {
  for (const event of events) {
    const inserted = insertEvent(JSON.stringify(eventRows([event], attemptId)));
    await tx.$executeRaw(alertTypes.includes(event.type) ? withAlerts(inserted) : inserted);
  }
}

/** The same for events that alert nobody, in one statement. */
export async function recordTogether(
  tx: Prisma.TransactionClient,
  events: readonly AuditEvent[],
): Promise<void> {
  if (events.length > 0) await tx.$executeRaw(insertEvent(JSON.stringify(eventRows(events))));
}

function insertEvent(entries: string): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO events (type, organization_id, user_id, actor, client, app, app_version,
      challenge_id, details, address, spends, attempt)
    SELECT type, organization_id, user_id, actor, client, app, app_version,
      challenge_id, details, address, spends, attempt
    FROM jsonb_array_elements(${entries}::jsonb) AS given, jsonb_populate_record(NULL::events, given)
    WHERE given ->> 'whileKnown' IS DISTINCT FROM 'true' OR keep_user(organization_id, user_id)
    ON CONFLICT (spends) WHERE spends IS NOT NULL DO NOTHING`;
}

/** Events with the names of their columns, for functions in the database. */
export function eventRows(events: readonly AuditEvent[], attemptId?: string): object[] {
  return events.map(({ organizationId, userId, appVersion, challengeId, ...event }) => ({
    ...event,
    organization_id: organizationId,
    user_id: userId,
    app_version: appVersion,
    challenge_id: challengeId,
    // Unique for each entry.
    ...(attemptId && { spends: `${event.type} ${attemptId}`, attempt: attemptId }),
  }));
}
