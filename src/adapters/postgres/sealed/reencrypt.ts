import type { Sealing } from '../../sealing.ts';
import { inBatches } from '../connection/batches.ts';
import type { PrismaClient } from '../generated/client.ts';
import { devices, factors, type SealedTable, webhookEndpoints } from './sealed-tables.ts';

const rowsPerBatch = 500;

/** How many rows a table has, how many were sealed again, and how many are still under another secret. */
export type Reencrypted = { table: string; rows: number; renewed: number; skipped: number };

type Options = {
  batchSize?: number;
  /** Hears after each batch how far its table is. */
  onBatch?: (soFar: Reencrypted) => void;
};

/**
 * The service goes on running: rows that change meanwhile, or are locked, are skipped. It may be stopped
 * and run again: a batch that is done stays done.
 */
export async function reencrypt(
  prisma: PrismaClient,
  sealing: Sealing,
  options: Options = {},
): Promise<Reencrypted[]> {
  return [
    await reencryptTable(sealing, factors(prisma, sealing), options),
    await reencryptTable(sealing, devices(prisma, sealing), options),
    await reencryptTable(sealing, webhookEndpoints(prisma, sealing), options),
  ];
}

/** How many rows of each table are under which secret. Takes as long as reading all of them. */
export async function countByKid(
  prisma: PrismaClient,
  sealing: Sealing,
): Promise<Map<string, Record<string, number>>> {
  const counts = new Map<string, Record<string, number>>();
  const count = async <Row>({ name, after, sealed }: SealedTable<Row>) =>
    eachBatch(after, rowsPerBatch, async (rows) => {
      for (const row of rows) {
        const [kid = ''] = sealed(row).split('.');
        const ofKid = counts.get(kid) ?? {};
        counts.set(kid, { ...ofKid, [name]: (ofKid[name] ?? 0) + 1 });
      }
    });
  await count(factors(prisma, sealing));
  await count(devices(prisma, sealing));
  await count(webhookEndpoints(prisma, sealing));
  return counts;
}

async function reencryptTable<Row>(
  sealing: Sealing,
  { name, after, sealed, renew }: SealedTable<Row>,
  { batchSize = rowsPerBatch, onBatch }: Options,
): Promise<Reencrypted> {
  const found = { table: name, rows: 0, renewed: 0, skipped: 0 };
  await eachBatch(after, batchSize, async (rows) => {
    const old = rows.filter((row) => !sealing.isCurrent(sealed(row)));
    const renewed = old.length > 0 ? await renew(old) : 0;
    found.rows += rows.length;
    found.renewed += renewed;
    found.skipped += old.length - renewed;
    onBatch?.(found);
  });
  return found;
}

async function eachBatch<Row>(
  after: SealedTable<Row>['after'],
  batchSize: number,
  step: (rows: Row[]) => Promise<void>,
): Promise<void> {
  let last: Row | null = null;
  await inBatches(batchSize, async (size) => {
    const rows: Row[] = await after(last, size);
    await step(rows);
    last = rows.at(-1) ?? null;
    return rows.length;
  });
}
