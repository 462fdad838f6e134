import type { AuditEvent, AuditType } from '../../domain/audit.ts';
import type { AuditTrail } from '../../domain/ports.ts';
import { inBatches } from './batches.ts';
import type { PrismaClient } from './generated/client.ts';
import { patienceMs, timeLimitMs } from './limits.ts';
import { unavailableWhenAway } from './unavailable.ts';

const pruneSize = 5_000;

/** What an event's id looks like, in the range that the database has for them. */
const eventId = /^\d{1,18}$/;

/** The audit trail as it is kept in PostgreSQL. */
export function prismaAuditTrail(prisma: PrismaClient): AuditTrail {
  const { prune, ...quick } = auditTrail(prisma);
  return {
    ...unavailableWhenAway(quick, timeLimitMs),
    ...unavailableWhenAway({ prune }, patienceMs),
  };
}

function auditTrail(prisma: PrismaClient): AuditTrail {
  return {
    async record(event) {
      await prisma.event.create({ data: event, select: { id: true } });
    },

    async list({ organizationId, userId, before, limit }) {
      // No event was ever before one that cannot be.
      if (before !== null && !eventId.test(before)) return [];
      const rows = await prisma.event.findMany({
        where: {
          organizationId,
          ...(userId !== null && { userId }),
          ...(before !== null && { id: { lt: BigInt(before) } }),
        },
        omit: { userErased: true, actorErased: true },
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

    prune: (moment) =>
      // Several replicas may do this at once: each takes what the others have not.
      inBatches(
        pruneSize,
        (size) => prisma.$executeRaw`
          DELETE FROM events WHERE id = ANY(ARRAY(
            SELECT id FROM events WHERE at < ${moment.toISOString()}::timestamptz
            ORDER BY at LIMIT ${size} FOR UPDATE SKIP LOCKED))`,
      ),
  };
}
