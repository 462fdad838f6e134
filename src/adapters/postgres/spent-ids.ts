import type { SpentIds } from '../../domain/ports.ts';
import { inBatches } from './batches.ts';
import type { PrismaClient } from './generated/client.ts';
import { loginLimits, patienceMs } from './limits.ts';
import { unavailableWhenAway } from './unavailable.ts';

const pruneSize = 5_000;

/** What was used up, as it is kept in PostgreSQL. */
export function prismaSpentIds(prisma: PrismaClient, { answerMs } = loginLimits): SpentIds {
  const { prune, ...quick } = spentIds(prisma);
  return {
    ...unavailableWhenAway(quick, answerMs),
    ...unavailableWhenAway({ prune }, patienceMs),
  };
}

function spentIds(prisma: PrismaClient): SpentIds {
  return {
    async spend(id, by) {
      // Whoever comes second waits for the first one's row, and then looks whose it is.
      const ours = await prisma.$executeRaw`
        INSERT INTO spent_ids (id, by) VALUES (${id}, ${by})
        ON CONFLICT (id) DO UPDATE SET by = EXCLUDED.by WHERE spent_ids.by = EXCLUDED.by`;
      return ours > 0;
    },

    prune: (moment) =>
      // Several replicas may do this at once: each takes what the others have not.
      inBatches(
        pruneSize,
        (size) => prisma.$executeRaw`
          DELETE FROM spent_ids WHERE id = ANY(ARRAY(
            SELECT id FROM spent_ids WHERE at < ${moment.toISOString()}::timestamptz
            ORDER BY at LIMIT ${size} FOR UPDATE SKIP LOCKED))`,
      ),
  };
}
