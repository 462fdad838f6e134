import { SetupError } from '../../../domain/ports/database.ts';
import type { Sealing } from '../../sealing.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { sealedColumns } from './sealed-columns.ts';

type Key = { kid: string; keyHash: string | null };

/** Checks that our secrets open every row. @throws SetupError that names the secret that SECRETS lacks. */
export async function requireKeys(prisma: PrismaClient, { keys }: Sealing): Promise<void> {
  const [current] = keys;
  if (!current) return;
  const inUse = await prisma.$queryRaw<Key[]>`
    WITH used AS (
      INSERT INTO sealing_keys AS known (kid, key_hash) VALUES (${current.kid}, ${current.keyHash})
      ON CONFLICT (kid) DO UPDATE SET used_at = now(),
        key_hash = coalesce(known.key_hash, EXCLUDED.key_hash))
    SELECT kid, key_hash AS "keyHash" FROM sealing_keys`;
  for (const key of inUse.filter((one) => !isOurs(one, keys))) {
    if (await isInUse(prisma, key.kid)) throw new SetupError(lineAbout(key, keys));
    await prisma.sealingKey.deleteMany({ where: { kid: key.kid } });
  }
}

/** The same without a change: why our secrets do not open every row, or null. */
export async function refusalOfKeys(
  prisma: PrismaClient,
  { keys }: Sealing,
): Promise<string | null> {
  const known = await prisma.sealingKey.findMany();
  for (const key of known.filter((one) => !isOurs(one, keys)))
    if (await isInUse(prisma, key.kid)) return lineAbout(key, keys);
  return null;
}

function isOurs({ kid, keyHash }: Key, keys: Sealing['keys']): boolean {
  const ours = keys.find((one) => one.kid === kid);
  return ours !== undefined && (keyHash ?? ours.keyHash) === ours.keyHash;
}

function lineAbout({ kid }: Key, keys: Sealing['keys']): string {
  return keys.some((one) => one.kid === kid)
    ? `SECRETS has another secret as ${kid} than the one that rows are sealed under`
    : `SECRETS lacks ${kid}, under which rows are sealed`;
}

/** Deletes all keys but the current one. Call it after every row was sealed again. */
export async function forgetOtherKeys(prisma: PrismaClient, { keys }: Sealing): Promise<void> {
  const [current] = keys;
  if (current) await prisma.sealingKey.deleteMany({ where: { kid: { not: current.kid } } });
}

async function isInUse(prisma: PrismaClient, kid: string): Promise<boolean> {
  const found = sealedColumns.map(
    ([table, column]) => Prisma.sql`EXISTS (
      SELECT 1 FROM ${Prisma.raw(table)} WHERE starts_with(${Prisma.raw(column)}, ${`${kid}.`}))`,
  );
  const [row] = await prisma.$queryRaw<{ found: boolean }[]>`
    SELECT ${Prisma.join(found, ' OR ')} AS found`;
  return row?.found ?? true;
}
