import type { AuditEvent, AuditType } from '../../../domain/audit/audit.ts';
import type { AuditTrail } from '../../../domain/ports.ts';
import { pruneRows } from '../connection/batches.ts';
import { loginLimits } from '../connection/limits.ts';
import { quickAndSlow } from '../connection/unavailable.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { recordEvents } from './record-events.ts';

/** The form of an event's id, within the range of the column. */
const eventId = /^\d{1,18}$/;

/** The audit trail in PostgreSQL. */
export function prismaAuditTrail(prisma: PrismaClient, limits = loginLimits): AuditTrail {
  const prune = (moment: Date) =>
    pruneRows(
      prisma,
      { table: 'events', key: 'id' },
      Prisma.sql`at < ${moment.toISOString()}::timestamptz`,
    );
  return quickAndSlow(auditTrail(prisma), { prune }, limits);
}

function auditTrail(prisma: PrismaClient): Omit<AuditTrail, 'prune'> {
  return {
    record: (event, subject) => recordEvents(prisma, [event], subject),

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
