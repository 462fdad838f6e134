import type { Sealing } from '../../sealing.ts';
import { inBatches } from '../connection/batches.ts';
import type { PrismaClient } from '../generated/client.ts';
import { devices, factors, type SealedTable, webhookEndpoints } from './sealed-tables.ts';

const batchSize = 500;

/** How many rows a table has, and how many were sealed again. */
export type Reencrypted = { table: string; rows: number; renewed: number };

/** The service goes on running: rows that change meanwhile are skipped. It may be stopped and run again. */
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
