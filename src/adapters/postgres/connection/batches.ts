import { Prisma, type PrismaClient } from '../generated/client.ts';

/** Repeats a step until a batch is not full. Small steps lock nothing for long, and a step done stays done. */
export async function inBatches(
  size: number,
  step: (size: number) => Promise<number>,
): Promise<void> {
  while ((await step(size)) >= size);
}

const pruneSize = 5_000;

/** Deletes the oldest first. Several replicas may do this at once: each takes what the others have not. */
export function pruneRows(
  prisma: PrismaClient,
  { table, key, at = 'at' }: { table: string; key: string; at?: string },
  matches: Prisma.Sql,
): Promise<void> {
  const [rows, id, time] = [Prisma.raw(table), Prisma.raw(key), Prisma.raw(at)];
  return inBatches(
    pruneSize,
    (size) => prisma.$executeRaw`
      DELETE FROM ${rows} WHERE ${id} = ANY(ARRAY(
        SELECT ${id} FROM ${rows} WHERE ${matches}
        ORDER BY ${time} LIMIT ${size} FOR UPDATE SKIP LOCKED))`,
  );
}
