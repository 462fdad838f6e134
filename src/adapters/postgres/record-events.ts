import { type AuditEvent, alertTypes } from '../../domain/audit/audit.ts';
import { Prisma } from './generated/client.ts';
import { withAlerts } from './outbox.ts';

/**
 * Records what happened in the transaction of the change that it tells of, with its alerts: all of
 * it is done, or nothing. In the order given.
 *
 * @param attemptId where it is given, each is recorded once for this attempt.
 */
export async function recordEvents(
  tx: Prisma.TransactionClient,
  events: readonly AuditEvent[],
  attemptId?: string,
): Promise<void> {
  for (const event of events) {
    const inserted = insertEvent(eventsJson([event], attemptId));
    await tx.$executeRaw(alertTypes.includes(event.type) ? withAlerts(inserted) : inserted);
  }
}

function insertEvent(entries: string): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO events (type, organization_id, user_id, actor, client, app, app_version,
      challenge_id, details, address, spends, attempt)
    SELECT type, organization_id, user_id, actor, client, app, app_version,
      challenge_id, details, address, spends, attempt
    FROM jsonb_populate_recordset(NULL::events, ${entries}::jsonb)
    ON CONFLICT (spends) WHERE spends IS NOT NULL DO NOTHING`;
}

/** Events by the names of their columns, as functions of the database take them. */
export function eventsJson(events: readonly AuditEvent[], attemptId?: string): string {
  return JSON.stringify(
    events.map(({ organizationId, userId, appVersion, challengeId, ...event }) => ({
      ...event,
      organization_id: organizationId,
      user_id: userId,
      app_version: appVersion,
      challenge_id: challengeId,
      // No other entry has the same.
      ...(attemptId && { spends: `${event.type} ${attemptId}`, attempt: attemptId }),
    })),
  );
}
