import type { AuditEvent, EntryFor } from '../../../domain/audit/audit.ts';
import { maxFactors } from '../../../domain/limits.ts';
import type { Confirmation, UserKey } from '../../../domain/people.ts';
import type { Factors } from '../../../domain/ports.ts';
import type { Sealing } from '../../sealing.ts';
import { recordEvents } from '../audit/record-events.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { openAddress, sealedAddress } from '../sealed/sealed-columns.ts';
import { putDevice } from './devices.ts';
import { endWithFactors } from './known-devices.ts';
import { lockUser } from './lock-user.ts';
import { needsDevice, updateReach } from './reach.ts';
import { dropRecoveryCodes } from './recovery-secrets.ts';
import { lockToken } from './take-push-token.ts';

type Transaction = Prisma.TransactionClient;

/** Changes the factors of a user. Changes to one user run one after the other. */
export function factors(prisma: PrismaClient, sealing: Sealing): Factors {
  return {
    confirm: (user, confirmation, entry) =>
      prisma.$transaction(async (tx) => {
        if (!(await lockFor(tx, sealing, user, confirmation))) return 'gone';
        // The same confirmation again: its first answer was lost.
        const { id } = confirmation.factor;
        if (await tx.factor.count({ where: { ...ownedBy(user), id } })) return 'confirmed';
        const refusal = await refusalOf(tx, sealing, user, confirmation);
        if (refusal) return refusal;
        await recordEvents(tx, [entry]);
        await confirmFactor(tx, sealing, { user, ...confirmation }, entry);
        return 'confirmed';
      }),

    promote: (user, factorId, entry) =>
      prisma.$transaction(async (tx) => {
        const factors = await lockFactors(tx, user);
        if (!factors.some(({ id }) => id === factorId)) return 'not-found';
        await promote(tx, user, factorId);
        await recordEvents(tx, [entry]);
        return 'promoted';
      }),

    remove: (user, factorId, keepLast, entryFor) =>
      prisma.$transaction((tx) => removeFactor(tx, { user, factorId, keepLast }, entryFor)),

    reset: (user, entryFor) =>
      prisma.$transaction(async (tx) => {
        const removed = await resetFactors(tx, user);
        const entry = entryFor(removed);
        await recordEvents(tx, [entry]);
        await endWithFactors(tx, user, entry);
      }),
  };
}

/** @returns how many factors there were. */
async function resetFactors(tx: Transaction, user: UserKey): Promise<number> {
  if (!(await lockUser(tx, user))) return 0;
  const { count } = await tx.factor.deleteMany({ where: ownedBy(user) });
  await tx.device.deleteMany({ where: ownedBy(user) });
  await dropRecoveryCodes(tx, user);
  await updateUser(tx, user, { postponedAt: null, backupSkippedAt: null });
  await updateReach(tx, user);
  return count;
}

/** The push token is always locked before the row of its user. */
function lockFor(tx: Transaction, sealing: Sealing, user: UserKey, { device }: Confirmation) {
  if (!device) return lockUser(tx, user);
  return lockToken(tx, sealing, { user, pushToken: device.pushToken }, lockUser);
}

type Refusal = Exclude<Awaited<ReturnType<Factors['confirm']>>, 'confirmed'>;

async function refusalOf(
  tx: Transaction,
  sealing: Sealing,
  user: UserKey,
  { factor, device, alreadyVerified }: Confirmation,
): Promise<Refusal | null> {
  const factors = await tx.factor.findMany({ where: ownedBy(user) });
  if (factors.length > 0 && !alreadyVerified) return 'verification-required';
  // Compares the open values: a rotation of the secrets changes the hashes.
  const opened = factors.map((row) => ({ ...row, address: openAddress(sealing, row) }));
  if (opened.some((other) => leadsTo(other, factor))) return 'factor-exists';
  if (factors.length >= maxFactors) return 'too-many-factors';
  return needsDevice(factor) && !device && !(await hasDevice(tx, user)) ? 'no-device' : null;
}

async function hasDevice(tx: Transaction, user: UserKey): Promise<boolean> {
  return (await tx.device.count({ where: { ...ownedBy(user), tokenGoneAt: null } })) > 0;
}

async function confirmFactor(
  tx: Transaction,
  sealing: Sealing,
  { user, factor, device }: { user: UserKey } & Pick<Confirmation, 'factor' | 'device'>,
  entry: AuditEvent,
): Promise<void> {
  const isFirst = (await tx.factor.count({ where: ownedBy(user) })) === 0;
  await insertFactor(tx, sealing, user, factor, isFirst);
  await updateUser(tx, user, { postponedAt: null });
  const entryFor: EntryFor = (type, details) => ({ ...entry, type, details });
  if (device) await putDevice(tx, sealing, { user, device }, entryFor);
  else await updateReach(tx, user);
  await endWithFactors(tx, user, entry);
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
  // now() is the start of the transaction, which may have waited for the lock.
  await tx.$executeRaw`
    INSERT INTO factors
      (id, organization_id, user_id, method, is_primary, address, address_hash, created_at)
    VALUES (${id}::uuid, ${organizationId}, ${userId}, ${method}, ${isFirst || null}, ${address},
      ${addressHash}, clock_timestamp())`;
}

type Removal = { user: UserKey; factorId: string; keepLast: boolean };

async function removeFactor(
  tx: Transaction,
  { user, factorId, keepLast }: Removal,
  entryFor: (factorId: string) => AuditEvent,
): ReturnType<Factors['remove']> {
  const factors = await lockFactors(tx, user);
  const factor = factors.find(({ id }) => id === factorId);
  if (!factor) return 'not-found';
  const others = factors.filter((other) => other !== factor);
  const stillWorks = others.some((other) => !needsDevice(other)) || (await hasDevice(tx, user));
  const isLast = others.length === 0 || !stillWorks;
  if (keepLast && isLast) return 'last-factor';
  // A factor without a device must not lock its user out.
  const removed = isLast ? [factor, ...others] : [factor];
  await tx.factor.deleteMany({ where: { id: { in: removed.map(({ id }) => id) } } });
  const [oldest] = others;
  if (factor.isPrimary && oldest && !isLast) await promote(tx, user, oldest.id);
  if (removed.length === factors.length) await dropRecoveryCodes(tx, user);
  await updateReach(tx, user);
  const entry = entryFor(factorId);
  await recordEvents(tx, [entry, ...removed.slice(1).map(({ id }) => entryFor(id))]);
  await endWithFactors(tx, user, entry);
  return 'removed';
}

/** Locks the factors of a user, and returns them, oldest first. */
async function lockFactors(tx: Transaction, user: UserKey) {
  if (!(await lockUser(tx, user))) return [];
  const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
  return tx.factor.findMany({ where: ownedBy(user), orderBy: [...orderBy] });
}

/** In two steps, because the database never allows two primaries, and none until the end. */
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
