import { maxFactors } from '../../domain/limits.ts';
import type { Confirmation, UserKey } from '../../domain/people.ts';
import type { Factors } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { putDevice } from './devices.ts';
import type { Prisma, PrismaClient } from './generated/client.ts';
import { lockKnownUser, lockUser } from './lock-user.ts';
import { recordEvents } from './record-events.ts';
import { openAddress, sealedAddress } from './sealed/sealed-columns.ts';

type Transaction = Prisma.TransactionClient;

/** Changes to the factors of a user, each after all others to the same user. */
export function factors(prisma: PrismaClient, sealing: Sealing): Factors {
  return {
    confirm: (user, confirmation, entry) =>
      prisma.$transaction(async (tx) => {
        if (!(await lockUser(tx, user))) throw new Error('A factor for an unknown organization');
        // The same confirmation again: the answer to the first one was lost on the way.
        const { id } = confirmation.factor;
        if (await tx.factor.count({ where: { ...ownedBy(user), id } })) return 'confirmed';
        const outcome = await confirmFactor(tx, sealing, user, confirmation);
        if (outcome === 'confirmed') await recordEvents(tx, [entry]);
        return outcome;
      }),

    promote: (user, factorId, entry) =>
      prisma.$transaction(async (tx) => {
        const factors = await lockFactors(tx, user);
        if (!factors.some(({ id }) => id === factorId)) return 'not-found';
        await promote(tx, user, factorId);
        await recordEvents(tx, [entry]);
        return 'promoted';
      }),

    remove: (user, factorId, keepLast, entry) =>
      prisma.$transaction(async (tx) => {
        const outcome = await removeFactor(tx, user, factorId, keepLast);
        if (outcome === 'removed') await recordEvents(tx, [entry]);
        return outcome;
      }),

    reset: (user, entryFor) =>
      prisma.$transaction(async (tx) => {
        const removed = await resetFactors(tx, user);
        await recordEvents(tx, [entryFor(removed)]);
      }),
  };
}

/** @returns how many factors there were. */
async function resetFactors(tx: Transaction, user: UserKey): Promise<number> {
  if (!(await lockKnownUser(tx, user))) return 0;
  const { count } = await tx.factor.deleteMany({ where: ownedBy(user) });
  await tx.device.deleteMany({ where: ownedBy(user) });
  await updateUser(tx, user, { factorCount: 0, postponedAt: null, backupSkippedAt: null });
  return count;
}

async function confirmFactor(
  tx: Transaction,
  sealing: Sealing,
  user: UserKey,
  { factor, device, alreadyVerified }: Confirmation,
): ReturnType<Factors['confirm']> {
  const factors = await tx.factor.findMany({ where: ownedBy(user) });
  if (factors.length > 0 && !alreadyVerified) return 'verification-required';
  // Opened, since a hash made before a rotation of the secrets is another.
  const opened = factors.map((row) => ({ ...row, address: openAddress(sealing, row) }));
  if (opened.some((other) => leadsTo(other, factor))) return 'factor-exists';
  if (factors.length >= maxFactors) return 'too-many-factors';
  await insertFactor(tx, sealing, user, factor, factors.length === 0);
  await updateUser(tx, user, { factorCount: factors.length + 1, postponedAt: null });
  if (device) await putDevice(tx, sealing, user, device);
  return 'confirmed';
}

type Way = Pick<Confirmation['factor'], 'method' | 'address'>;

function leadsTo(one: Way, other: Way): boolean {
  return one.method === other.method && one.address === other.address;
}

async function insertFactor(
  tx: Transaction,
  sealing: Sealing,
  user: UserKey,
  factor: Confirmation['factor'],
  isFirst: boolean,
): Promise<void> {
  const { organizationId, userId } = user;
  const { id, method } = factor;
  const { address, addressHash } = sealedAddress(sealing, user, factor);
  // The clock of this moment: a transaction's own stands still while it waits for the lock.
  await tx.$executeRaw`
    INSERT INTO factors
      (id, organization_id, user_id, method, is_primary, address, address_hash, created_at)
    VALUES (${id}::uuid, ${organizationId}, ${userId}, ${method}, ${isFirst || null}, ${address},
      ${addressHash}, clock_timestamp())`;
}

async function removeFactor(
  tx: Transaction,
  user: UserKey,
  factorId: string,
  keepLast: boolean,
): ReturnType<Factors['remove']> {
  const factors = await lockFactors(tx, user);
  const factor = factors.find(({ id }) => id === factorId);
  if (!factor) return 'not-found';
  if (keepLast && factors.length === 1) return 'last-factor';
  await tx.factor.deleteMany({ where: { id: factorId } });
  const oldest = factors.find(({ id }) => id !== factorId);
  if (factor.isPrimary && oldest) await promote(tx, user, oldest.id);
  await updateUser(tx, user, { factorCount: factors.length - 1 });
  return 'removed';
}

/** The factors of a user, oldest first, that now nobody else can change; none of a user without row. */
async function lockFactors(tx: Transaction, user: UserKey) {
  if (!(await lockKnownUser(tx, user))) return [];
  const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
  return tx.factor.findMany({ where: ownedBy(user), orderBy: [...orderBy] });
}

/** In two steps: two primaries are refused at once, none only when the transaction ends. */
async function promote(tx: Transaction, user: UserKey, id: string): Promise<void> {
  const where = { ...ownedBy(user), isPrimary: true };
  await tx.factor.updateMany({ where, data: { isPrimary: null } });
  await tx.factor.updateMany({ where: { id }, data: { isPrimary: true } });
}

async function updateUser(
  tx: Transaction,
  { organizationId, userId }: UserKey,
  data: Prisma.UserUpdateManyMutationInput,
): Promise<void> {
  await tx.user.updateMany({ where: { organizationId, id: userId }, data });
}

function ownedBy({ organizationId, userId }: UserKey): UserKey {
  return { organizationId, userId };
}
