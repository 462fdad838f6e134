import type { Sealing } from '../../sealing.ts';
import { inBatches } from '../connection/batches.ts';
import type { PrismaClient } from '../generated/client.ts';
import { devices, factors, type SealedTable, webhookEndpoints } from './sealed-tables.ts';

const batchSize = 500;

/** What was found in a table: all its rows, and those that were sealed again. */
export type Reencrypted = { table: string; rows: number; renewed: number };

/**
 * Seals again, under the current secret, every row that is under another. Row by row, and only one
 * that is still as it was read: the service runs on meanwhile, and what is done stays done when
 * this breaks off.
 */
export async function reencrypt(prisma: PrismaClient, sealing: Sealing): Promise<Reencrypted[]> {
  return [
    await reencryptTable(sealing, factors(prisma, sealing)),
    await reencryptTable(sealing, devices(prisma, sealing)),
    await reencryptTable(sealing, webhookEndpoints(prisma, sealing)),
  ];
}

async function reencryptTable<Row>(
  sealing: Sealing,
  { name, after, sealed, renew }: SealedTable<Row>,
): Promise<Reencrypted> {
  const found = { table: name, rows: 0, renewed: 0 };
  let last: Row | null = null;
  await inBatches(batchSize, async (size) => {
    const rows: Row[] = await after(last, size);
    for (const row of rows) if (!sealing.isCurrent(sealed(row))) found.renewed += await renew(row);
    found.rows += rows.length;
    last = rows.at(-1) ?? null;
    return rows.length;
  });
  return found;
}
