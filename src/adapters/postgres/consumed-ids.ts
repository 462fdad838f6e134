import type { ConsumedIds } from '../../domain/ports.ts';
import { inBatches } from './connection/batches.ts';
import { loginLimits, slowWorkMs } from './connection/limits.ts';
import { unavailableWhenAway } from './connection/unavailable.ts';
import type { PrismaClient } from './generated/client.ts';

const pruneSize = 5_000;

/** What was used up, as it is kept in PostgreSQL. */
export function prismaConsumedIds(prisma: PrismaClient, { answerMs } = loginLimits): ConsumedIds {
  const { prune, ...quick } = spentIds(prisma);
  return {
    ...unavailableWhenAway(quick, answerMs),
    ...unavailableWhenAway({ prune }, slowWorkMs),
  };
}

function spentIds(prisma: PrismaClient): ConsumedIds {
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
