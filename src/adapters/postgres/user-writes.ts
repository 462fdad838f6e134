import type { DeviceSeen } from '../../domain/challenge.ts';
import type { Confirmation, Directory, UserKey } from '../../domain/ports.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';

type UserWrites = Pick<
  Directory,
  'confirmFactor' | 'recordSkip' | 'activateDevice' | 'forgetDevices'
>;

/**
 * Changes to what a user has. Locks are always taken in one order, the user first and a push token
 * second, so that two of these can wait for each other but never in a circle.
 */
export function userWrites(prisma: PrismaClient): UserWrites {
  return {
    confirmFactor: (user, confirmation) =>
      prisma.$transaction(async (tx) => {
        if (!(await lockUser(tx, user))) throw new Error('A factor for an unknown organization');
        return confirmFactor(tx, user, confirmation);
      }),

    activateDevice: (user, device) =>
      prisma.$transaction(async (tx) => {
        if (await lockUser(tx, user)) await putDevice(tx, user, device);
      }),

    async recordSkip({ organizationId, userId }, step) {
      const column = Prisma.raw(step === 'primary' ? 'postponed_at' : 'backup_skipped_at');
      await prisma.$executeRaw`
        INSERT INTO users (organization_id, id, ${column})
        SELECT id, ${userId}, now() FROM organizations WHERE id = ${organizationId}
        ON CONFLICT (organization_id, id) DO UPDATE SET ${column} = now()`;
    },

    async forgetDevices({ organizationId, userId }, pushTokens) {
      const where = { organizationId, userId, pushToken: { in: pushTokens } };
      await prisma.device.deleteMany({ where });
    },
  };
}

/** Makes the row if need be, and keeps others off it; false when there is no such organization. */
async function lockUser(tx: Prisma.TransactionClient, user: UserKey): Promise<boolean> {
  const { organizationId, userId } = user;
  await tx.$executeRaw`
    INSERT INTO users (organization_id, id)
    SELECT id, ${userId} FROM organizations WHERE id = ${organizationId}
    ON CONFLICT DO NOTHING`;
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS locked FROM users
    WHERE organization_id = ${organizationId} AND id = ${userId} FOR UPDATE`;
  return locked.length > 0;
}

async function confirmFactor(
  tx: Prisma.TransactionClient,
  user: UserKey,
  { factor, device, alreadyVerified }: Confirmation,
): ReturnType<Directory['confirmFactor']> {
  const { organizationId, userId } = user;
  const factors = await tx.factor.findMany({ where: { organizationId, userId } });
  // The same confirmation again: the answer to the first one was lost on the way.
  if (factors.some(({ id }) => id === factor.id)) return 'confirmed';
  if (factors.length > 0 && !alreadyVerified) return 'verification-required';
  if (factors.some((other) => leadsTo(other, factor))) return 'factor-exists';
  const role = factors.length === 0 ? 'primary' : 'secondary';
  // The clock of this moment: a transaction's own stands still while it waits for the lock.
  await tx.$executeRaw`
    INSERT INTO factors (id, organization_id, user_id, method, role, address, created_at)
    VALUES (${factor.id}::uuid, ${organizationId}, ${userId}, ${factor.method}, ${role},
      ${factor.address}, clock_timestamp())`;
  if (device) await putDevice(tx, user, device);
  return 'confirmed';
}

function leadsTo(one: Confirmation['factor'], other: Confirmation['factor']): boolean {
  return one.method === other.method && one.address === other.address;
}

/** A push token is one app on one phone: whoever signed in on it last has it. */
async function putDevice(tx: Prisma.TransactionClient, user: UserKey, device: DeviceSeen) {
  const { organizationId, userId } = user;
  const { id, platform, pushToken } = device;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${pushToken}, 0))`;
  await tx.device.deleteMany({ where: { pushToken } });
  await tx.$executeRaw`
    INSERT INTO devices (organization_id, user_id, id, platform, push_token, updated_at)
    VALUES (${organizationId}, ${userId}, ${id}, ${platform}, ${pushToken}, now())
    ON CONFLICT (organization_id, user_id, id)
    DO UPDATE SET platform = EXCLUDED.platform, push_token = EXCLUDED.push_token, updated_at = now()`;
}
