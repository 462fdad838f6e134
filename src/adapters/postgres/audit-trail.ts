import type { AuditEvent, AuditType } from '../../domain/audit/audit.ts';
import type { AuditTrail } from '../../domain/ports.ts';
import { inBatches } from './connection/batches.ts';
import { loginLimits, slowWorkMs } from './connection/limits.ts';
import { unavailableWhenAway } from './connection/unavailable.ts';
import type { PrismaClient } from './generated/client.ts';
import { recordEvents } from './record-events.ts';

const pruneSize = 5_000;

/** What an event's id looks like, in the range that the database has for them. */
const eventId = /^\d{1,18}$/;

/** The audit trail as it is kept in PostgreSQL. */
export function prismaAuditTrail(prisma: PrismaClient, { answerMs } = loginLimits): AuditTrail {
  const { prune, ...quick } = auditTrail(prisma);
  return {
    ...unavailableWhenAway(quick, answerMs),
    ...unavailableWhenAway({ prune }, slowWorkMs),
  };
}

function auditTrail(prisma: PrismaClient): AuditTrail {
  return {
    record: (event, subject) => recordEvents(prisma, [event], subject),

    async list({ organizationId, userId, before, limit }) {
      // No event was ever before one that cannot be.
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
