import { type AuditEvent, alertTypes } from '../../domain/audit/audit.ts';
import { Prisma } from './generated/client.ts';
import { withAlerts } from './outbox.ts';

/**
 * Records what happened in the transaction of the change that it tells of, with its alerts: all of
 * it is done, or nothing. In the order given.
 */
export async function recordEvents(
  tx: Prisma.TransactionClient,
  events: readonly AuditEvent[],
): Promise<void> {
  for (const event of events) await tx.$executeRaw(recordEvent(event));
}

/** The statement that records an event, and puts an alert in the outbox. */
function recordEvent(event: AuditEvent): Prisma.Sql {
  const inserted = insertEvent(event);
  return alertTypes.includes(event.type) ? withAlerts(inserted) : inserted;
}

/** The code or result that an entry uses up, and the attempt that does. */
type Use = { id: string | null; by: string | null };

/** The statement that records an event, without alerts. */
export function insertEvent(
  event: AuditEvent,
  { id, by }: Use = { id: null, by: null },
): Prisma.Sql {
  const { type, organizationId, userId, actor, client, app, appVersion, challengeId } = event;
  return Prisma.sql`
    INSERT INTO events (type, organization_id, user_id, actor, client, app, app_version,
      challenge_id, details, address, spends, attempt)
    VALUES (${type}, ${organizationId}, ${userId}, ${actor}, ${client}, ${app}, ${appVersion},
      ${challengeId}, ${JSON.stringify(event.details)}::jsonb, ${event.address}, ${id}, ${by})`;
}
