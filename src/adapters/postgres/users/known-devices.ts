import type { AuditEvent, EntryFor } from '../../../domain/audit/audit.ts';
import type { UserKey } from '../../../domain/people.ts';
import type {
  DeviceEnding,
  EndedDevice,
  GuessLimits,
  KnownDevices,
} from '../../../domain/ports.ts';
import type { Sealing } from '../../sealing.ts';
import { recordEvents } from '../audit/record-events.ts';
import { pruneRows } from '../connection/batches.ts';
import type { Database } from '../connection/client.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { toUser } from '../grouped/user-rows.ts';

type Transaction = Prisma.TransactionClient;

/** Browsers and apps that users want remembered. Each change locks the account of wrong guesses first. */
export function knownDevices(
  { prisma, change }: Database,
  sealing: Sealing,
  { long: maxLong }: GuessLimits,
): Omit<KnownDevices, 'prune'> {
  return {
    async recognize({ organizationId, userId }, hash) {
      const key = { organizationId, userId };
      const { outcome, device, user } = await change({ ...key, hash, maxLong, do: 'recognize' });
      return {
        user: toUser(sealing, key, user),
        deviceId: device,
        stolen: outcome === 'stolen',
      };
    },

    endStolen: (user, hash, entryFor) =>
      prisma.$transaction(async (tx) => {
        await lockAccount(tx, user);
        const [device] = await tx.$queryRaw<EndedDevice[]>`
          DELETE FROM known_devices USING known_device_tokens AS token
          WHERE ${theirs(user)} AND ended_by IS NULL AND known_devices.id = token.device_id
            AND hash = ${hash} AND dies_at <= clock_timestamp()
          RETURNING id, app`;
        if (!device) return null;
        await recordEvents(tx, [entryFor('known-device.stolen', describe(device))]);
        return device;
      }),

    end: (user, ending, entryFor) =>
      prisma.$transaction((tx) => endKnownDevices(tx, user, ending, entryFor)),
  };
}

/** Part of a transaction that changes factors, too. The row of the user is locked before, if it is locked. */
export async function endKnownDevices(
  tx: Transaction,
  user: UserKey,
  { deviceId, survivor, reason }: DeviceEnding,
  entryFor: EntryFor,
): Promise<EndedDevice[]> {
  await lockAccount(tx, user);
  const { organizationId, userId } = user;
  const devices = await tx.$queryRaw<(EndedDevice & { good: boolean })[]>`
    SELECT id, app, proved_at + known_device_life(organization_id) > clock_timestamp() AS good
    FROM known_devices_of(${organizationId}, ${userId})
    WHERE ended_by IS NULL AND (${deviceId}::text IS NULL OR id = ${deviceId})`;
  if (devices.length === 0) return [];
  const ids = { id: { in: devices.map(({ id }) => id) } };
  if (survivor === null) await tx.knownDevice.deleteMany({ where: ids });
  else await tx.knownDevice.updateMany({ where: ids, data: { endedBy: survivor } });
  const ended = devices.filter(({ good }) => good);
  const entries = ended.map((device) =>
    entryFor('known-device.removed', { ...describe(device), reason }),
  );
  await recordEvents(tx, entries);
  return ended.map(({ id, app }) => ({ id, app }));
}

/** Ends all, because a factor was added or removed. `entry` is about that. */
export async function endWithFactors(
  tx: Transaction,
  user: UserKey,
  entry: AuditEvent,
): Promise<void> {
  const entryFor: EntryFor = (type, details) => ({ ...entry, type, details });
  const ending = {
    deviceId: null,
    survivor: entry.challengeId,
    reason: 'factors-changed',
  } as const;
  await endKnownDevices(tx, user, ending, entryFor);
}

/** For the entry about a device. */
export function describe({ id, app }: EndedDevice) {
  return { deviceId: id, app };
}

/** A day longer than a device can be remembered: a dead token shows a theft as long. */
const longestLife = Prisma.sql`interval '91 days'`;

/** A device that a challenge ended outlives that challenge. */
export async function pruneKnownDevices(prisma: PrismaClient, moment: Date): Promise<void> {
  const before = Prisma.sql`${moment.toISOString()}::timestamptz`;
  const devices = { table: 'known_devices', key: 'id' };
  const ended = Prisma.sql`ended_by IS NOT NULL AND last_seen_at < ${before}`;
  await pruneRows(prisma, { ...devices, at: 'last_seen_at' }, ended);
  const expired = Prisma.sql`proved_at < ${before} - ${longestLife}`;
  await pruneRows(prisma, { ...devices, at: 'proved_at' }, expired);
  const tokens = { table: 'known_device_tokens', key: 'hash', at: 'dies_at' };
  await pruneRows(prisma, tokens, Prisma.sql`dies_at < ${before} - ${longestLife}`);
}

async function lockAccount(tx: Transaction, { organizationId, userId }: UserKey): Promise<void> {
  await tx.$executeRaw`SELECT lock_guess_account(${organizationId}, ${userId})`;
}

function theirs({ organizationId, userId }: UserKey): Prisma.Sql {
  return Prisma.sql`organization_id = ${organizationId} AND user_id = ${userId}`;
}
