import type { EntryFor } from '../../../domain/audit/audit.ts';
import { maxDevices } from '../../../domain/limits.ts';
import type { Device, UserKey } from '../../../domain/people.ts';
import type { DeviceChange, Devices, Forgetting } from '../../../domain/ports.ts';
import type { Sealing } from '../../sealing.ts';
import { recordEvents } from '../audit/record-events.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { sealedToken, tokenHashes } from '../sealed/sealed-columns.ts';
import { endWithFactors } from './known-devices.ts';
import { lockUser } from './lock-user.ts';
import { needsDevice, updateReach } from './reach.ts';
import { lockToken, takeToken } from './take-push-token.ts';

type Transaction = Prisma.TransactionClient;

/** Changes the devices of a user. Changes to one user run one after the other. */
export function devices(prisma: PrismaClient, sealing: Sealing): Devices {
  return {
    refresh: (user, device, previousPushToken, entryFor) =>
      prisma.$transaction(async (tx) => {
        const { pushToken } = device;
        await lockToken(tx, sealing, { user, pushToken }, lockUser);
        const known = await tx.device.findUnique({ where: rowOf(user, device.id) });
        if (!known) return 'not-found';
        const proofs = [pushToken, ...(previousPushToken === null ? [] : [previousPushToken])];
        const hashes = proofs.flatMap((token) => tokenHashes(sealing, token));
        return hashes.includes(known.pushTokenHash ?? '')
          ? putDevice(tx, sealing, { user, device }, entryFor)
          : keepWaiting(tx, sealing, { user, device, known }, entryFor);
      }),

    forget: (user, id, forgetting, entryFor) =>
      prisma.$transaction((tx) => forgetDevice(tx, { user, id }, forgetting, entryFor)),

    markGone: (user, pushTokens, entryFor) =>
      prisma.$transaction(async (tx) => {
        if (!(await lockUser(tx, user))) return;
        const hashes = pushTokens.flatMap((token) => tokenHashes(sealing, token));
        const gone = await tx.$queryRaw<Described[]>`
          UPDATE devices SET token_gone_at = clock_timestamp()
          WHERE organization_id = ${user.organizationId} AND user_id = ${user.userId}
            AND push_token_hash = ANY(${hashes}::text[]) AND token_gone_at IS NULL
          RETURNING id, platform`;
        if (gone.length === 0) return;
        await updateReach(tx, user);
        const entries = gone.map((device) =>
          entryFor('device.unreachable', { ...describe(device), reason: 'token-gone' }),
        );
        await recordEvents(tx, entries);
      }),
  };
}

type Put = { user: UserKey; device: Device };

/** Gives a device to a user, while the user's row and the push token are locked. */
export async function putDevice(
  tx: Transaction,
  sealing: Sealing,
  { user, device }: Put,
  entryFor: EntryFor,
): Promise<DeviceChange> {
  const { id, platform } = device;
  await takeToken(tx, sealing, { user, ...device }, entryFor);
  const before = await tx.device.findUnique({ where: rowOf(user, id) });
  const { pushToken, pushTokenHash } = sealedToken(sealing, user, device);
  // now() is the start of the transaction, which may have waited for the lock.
  await tx.$executeRaw`
    INSERT INTO devices
      (organization_id, user_id, id, platform, push_token, push_token_hash, updated_at)
    VALUES (${user.organizationId}, ${user.userId}, ${id}, ${platform}, ${pushToken},
      ${pushTokenHash}, clock_timestamp())
    ON CONFLICT (organization_id, user_id, id) DO UPDATE SET platform = EXCLUDED.platform,
      push_token = EXCLUDED.push_token, push_token_hash = EXCLUDED.push_token_hash,
      updated_at = EXCLUDED.updated_at, token_gone_at = NULL, waiting_token_hash = NULL`;
  const change = changeFrom(before, tokenHashes(sealing, device.pushToken));
  if (change !== 'unchanged')
    await recordEvents(tx, [entryFor(`device.${change}`, describe(device))]);
  await makeRoom(tx, { user, id }, entryFor);
  await updateReach(tx, user);
  return change;
}

type Row = { pushTokenHash: string | null; tokenGoneAt: Date | null };

function changeFrom(before: Row | null, hashes: string[]): 'added' | 'refreshed' | 'unchanged' {
  if (!before) return 'added';
  const same = before.tokenGoneAt === null && hashes.includes(before.pushTokenHash ?? '');
  return same ? 'unchanged' : 'refreshed';
}

/** Anyone with an API key may send a push token, so it waits until the device is proved. */
async function keepWaiting(
  tx: Transaction,
  sealing: Sealing,
  { user, device, known }: Put & { known: { waitingTokenHash: string | null } },
  entryFor: EntryFor,
): Promise<DeviceChange> {
  const hashes = tokenHashes(sealing, device.pushToken);
  const [waitingTokenHash] = hashes;
  if (known.waitingTokenHash === waitingTokenHash) return 'waiting';
  // updated_at stays: it decides which device goes when there are too many.
  await tx.$executeRaw`
    UPDATE devices SET waiting_token_hash = ${waitingTokenHash}
    WHERE organization_id = ${user.organizationId} AND user_id = ${user.userId}
      AND id = ${device.id}`;
  // Under the secret before, it is the same token: only its hash is new.
  if (!hashes.includes(known.waitingTokenHash ?? ''))
    await recordEvents(tx, [entryFor('device.refreshed', { ...describe(device), waiting: true })]);
  return 'waiting';
}

async function forgetDevice(
  tx: Transaction,
  { user, id }: { user: UserKey; id: string },
  { last, keepLast, factorEntryFor }: Forgetting,
  entryFor: EntryFor,
): ReturnType<Devices['forget']> {
  await lockUser(tx, user);
  const device = await tx.device.findUnique({ where: rowOf(user, id) });
  if (!device) return 'not-found';
  const factors = await tx.factor.findMany({ where: ownedBy(user) });
  const others = await tx.device.findMany({ where: { ...ownedBy(user), id: { not: id } } });
  const lost = factors.some(needsDevice) && isLast(device, others);
  if (lost && !last) return 'last-device';
  const locksOut = lost && factors.every(needsDevice);
  if (locksOut && keepLast) return 'last-factor';
  await tx.device.delete({ where: rowOf(user, id) });
  await recordEvents(tx, [entryFor('device.removed', describe(device))]);
  // A factor without a device must not lock its user out.
  if (locksOut) {
    await tx.factor.deleteMany({ where: ownedBy(user) });
    const entries = factors.map((factor) => factorEntryFor(factor.id));
    await recordEvents(tx, entries);
    for (const entry of entries.slice(0, 1)) await endWithFactors(tx, user, entry);
  }
  await updateReach(tx, user);
  return 'forgotten';
}

/** Whether push reaches no other device, now or once an app sends a new token. */
function isLast(device: Pick<Row, 'tokenGoneAt'>, others: Pick<Row, 'tokenGoneAt'>[]): boolean {
  if (device.tokenGoneAt) return others.length === 0;
  return others.every(({ tokenGoneAt }) => tokenGoneAt !== null);
}

/** Deletes devices above the limit, first those that codes do not reach. */
async function makeRoom(
  tx: Transaction,
  { user, id }: { user: UserKey; id: string },
  entryFor: EntryFor,
): Promise<void> {
  const { organizationId, userId } = user;
  const removed = await tx.$queryRaw<Described[]>`
    DELETE FROM devices WHERE (organization_id, user_id, id) IN (
      SELECT organization_id, user_id, id FROM devices
      WHERE organization_id = ${organizationId} AND user_id = ${userId} AND id <> ${id}
      ORDER BY token_gone_at IS NULL DESC, updated_at DESC, id OFFSET ${maxDevices - 1})
    RETURNING id, platform`;
  const entries = removed.map((device) =>
    entryFor('device.removed', { ...describe(device), reason: 'too-many' }),
  );
  await recordEvents(tx, entries);
}

type Described = Pick<Device, 'id' | 'platform'>;

function describe({ id, platform }: Described) {
  return { deviceId: id, platform };
}

function rowOf({ organizationId, userId }: UserKey, id: string) {
  return { organizationId_userId_id: { organizationId, userId, id } };
}

function ownedBy({ organizationId, userId }: UserKey): UserKey {
  return { organizationId, userId };
}
