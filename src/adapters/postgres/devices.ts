import { createHash } from 'node:crypto';
import { maxDevices } from '../../domain/limits.ts';
import type { Device, UserKey } from '../../domain/people.ts';
import type { Devices } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';
import { lockKnownUser, lockUser } from './lock-user.ts';
import { sealedToken, tokenHashes } from './sealed/sealed-columns.ts';

/** Changes to the devices of a user, each after all others to the same user. */
export function devices(prisma: PrismaClient, sealing: Sealing): Devices {
  return {
    activate: (user, device) =>
      prisma.$transaction(async (tx) => {
        if (await lockUser(tx, user)) await putDevice(tx, sealing, user, device);
      }),

    refresh: ({ organizationId, userId }, device) =>
      prisma.$transaction(async (tx) => {
        if (!(await lockKnownUser(tx, { organizationId, userId }))) return false;
        const known = await tx.device.count({ where: { organizationId, userId, id: device.id } });
        if (known > 0) await putDevice(tx, sealing, { organizationId, userId }, device);
        return known > 0;
      }),

    forget: (user, id) =>
      prisma.$transaction(async (tx) => (await removeDevices(tx, user, { id })) > 0),

    async forgetTokens(user, pushTokens) {
      const hashes = pushTokens.flatMap((token) => tokenHashes(sealing, token));
      const gone = { pushTokenHash: { in: hashes } };
      await prisma.$transaction((tx) => removeDevices(tx, user, gone));
    },
  };
}

async function removeDevices(
  tx: Prisma.TransactionClient,
  { organizationId, userId }: UserKey,
  which: Prisma.DeviceWhereInput,
): Promise<number> {
  if (!(await lockKnownUser(tx, { organizationId, userId }))) return 0;
  const { count } = await tx.device.deleteMany({ where: { ...which, organizationId, userId } });
  return count;
}

/**
 * Gives a device to a user whose row is held. A push token is one app on one phone: whoever signed
 * in on it last has it. Its lock comes after the user's, always: no two wait in a circle.
 */
export async function putDevice(
  tx: Prisma.TransactionClient,
  sealing: Sealing,
  user: UserKey,
  device: Device,
): Promise<void> {
  const { organizationId, userId } = user;
  const { id, platform } = device;
  const { pushToken, pushTokenHash } = sealedToken(sealing, user, device);
  await lockToken(tx, device.pushToken);
  await tx.$executeRaw`
    DELETE FROM devices
    WHERE push_token_hash IN (${Prisma.join(tokenHashes(sealing, device.pushToken))})
      AND (organization_id, user_id, id) <> (${organizationId}, ${userId}, ${id})`;
  // The clock of this moment: a transaction's own stands still while it waits for the lock.
  await tx.$executeRaw`
    INSERT INTO devices
      (organization_id, user_id, id, platform, push_token, push_token_hash, updated_at)
    VALUES (${organizationId}, ${userId}, ${id}, ${platform}, ${pushToken}, ${pushTokenHash},
      clock_timestamp())
    ON CONFLICT (organization_id, user_id, id) DO UPDATE SET platform = EXCLUDED.platform,
      push_token = EXCLUDED.push_token, push_token_hash = EXCLUDED.push_token_hash,
      updated_at = EXCLUDED.updated_at`;
  await makeRoom(tx, user, id);
}

/** The same lock whichever secret is a replica's current one: its number has no key. */
async function lockToken(tx: Prisma.TransactionClient, pushToken: string): Promise<void> {
  const number = createHash('sha256').update(pushToken).digest().readBigInt64BE();
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${number})`;
}

/** Skips a device that is just being taken by another user: it goes without our waiting for it. */
async function makeRoom(
  tx: Prisma.TransactionClient,
  { organizationId, userId }: UserKey,
  latest: string,
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM devices WHERE (organization_id, user_id, id) IN (
      SELECT organization_id, user_id, id FROM devices
      WHERE organization_id = ${organizationId} AND user_id = ${userId} AND id <> ${latest}
      ORDER BY updated_at DESC, id OFFSET ${maxDevices - 1} FOR UPDATE SKIP LOCKED)`;
}
