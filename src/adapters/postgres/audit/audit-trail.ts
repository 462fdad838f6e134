import { type AuditEvent, type AuditType, alertTypes } from '../../../domain/audit/audit.ts';
import type { AuditTrail } from '../../../domain/ports.ts';
import { pruneRows } from '../connection/batches.ts';
import type { Database } from '../connection/client.ts';
import { loginLimits } from '../connection/limits.ts';
import { quickAndSlow } from '../connection/unavailable.ts';
import { Prisma } from '../generated/client.ts';
import { eventRows, recordEvents } from './record-events.ts';

/** The form of an event's id, within the range of the column. */
const eventId = /^\d{1,18}$/;

/** The audit trail in PostgreSQL. */
export function prismaAuditTrail(database: Database, limits = loginLimits): AuditTrail {
  const { prisma } = database;
  const prune = (moment: Date) =>
    pruneRows(
      prisma,
      { table: 'events', key: 'id' },
      Prisma.sql`at < ${moment.toISOString()}::timestamptz`,
    );
  return quickAndSlow(auditTrail(database), { prune }, limits);
}

function auditTrail({ prisma, change }: Database): Omit<AuditTrail, 'prune'> {
  return {
    async record(event, subject) {
      if (alertTypes.includes(event.type)) return recordEvents(prisma, [event], subject);
      const { organizationId, userId } = event;
      const entries = eventRows([event], subject);
      await change({ do: 'record', organizationId, userId, entries });
    },

    async list({ organizationId, userId, before, limit }) {
      // No event has such an id, so none is before it.
      if (before !== null && !eventId.test(before)) return [];
      const rows = await prisma.event.findMany({
        where: {
          organizationId,
          ...(userId !== null && { userId }),
          ...(before !== null && { id: { lt: BigInt(before) } }),
        },
        omit: { userErased: true, actorErased: true, spends: true, attempt: true },
        orderBy: { id: 'desc' },
        take: limit,
      });
      return rows.map(({ id, type, details, ...row }) => ({
        ...row,
        id: id.toString(),
        type: type as AuditType,
        details: details as AuditEvent['details'],
      }));
    },
  };
}
