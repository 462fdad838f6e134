import { createHash } from 'node:crypto';
import { type EntryFor, toUser } from '../../../domain/audit/audit.ts';
import type { UserKey } from '../../../domain/people.ts';
import type { Sealing } from '../../sealing.ts';
import { recordEvents } from '../audit/record-events.ts';
import type { Prisma } from '../generated/client.ts';
import { tokenHashes } from '../sealed/sealed-columns.ts';
import { lockUser } from './lock-user.ts';
import { updateReach } from './reach.ts';

type Transaction = Prisma.TransactionClient;

/** The order is always the same, against deadlocks. `lockOwn` locks the token's new user; false without a row. */
export async function lockToken(
  tx: Transaction,
  sealing: Sealing,
  { user, pushToken }: { user: UserKey; pushToken: string },
  lockOwn: (tx: Transaction, user: UserKey) => Promise<boolean>,
): Promise<boolean> {
  // Not a keyed hash: replicas with different current secrets must take the same lock.
  const number = createHash('sha256').update(pushToken).digest().readBigInt64BE();
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${number})`;
  const holders = await holdersOf(tx, sealing, pushToken);
  const own = nameOf(user);
  const concerned = new Map([...holders, user].map((one) => [nameOf(one), one]));
  let found = false;
  for (const name of [...concerned.keys()].sort()) {
    const one = concerned.get(name) ?? user;
    if (name === own) found = await lockOwn(tx, one);
    else await lockUser(tx, one);
  }
  return found;
}

/** Removes a locked push token from every other device. */
export async function takeToken(
  tx: Transaction,
  sealing: Sealing,
  { user, id, pushToken }: { user: UserKey; id: string; pushToken: string },
  entryFor: EntryFor,
): Promise<void> {
  for (const holder of await holdersOf(tx, sealing, pushToken)) {
    const same = nameOf(holder) === nameOf(user);
    if (same && holder.id === id) continue;
    const details = { deviceId: holder.id, platform: holder.platform, reason: 'token-taken' };
    if (same) {
      // The same app has a new id, so the old device never comes back.
      await tx.device.deleteMany({ where: keyOf(holder) });
      await recordEvents(tx, [entryFor('device.removed', details)]);
    } else {
      await tx.$executeRaw`
        UPDATE devices
        SET push_token = NULL, push_token_hash = NULL, token_gone_at = clock_timestamp()
        WHERE organization_id = ${holder.organizationId} AND user_id = ${holder.userId}
          AND id = ${holder.id}`;
      await updateReach(tx, holder);
      await recordEvents(tx, [toUser(holder, 'device.unreachable', details)]);
    }
  }
}

function holdersOf(tx: Transaction, sealing: Sealing, pushToken: string) {
  return tx.device.findMany({
    where: { pushTokenHash: { in: tokenHashes(sealing, pushToken) } },
    select: { organizationId: true, userId: true, id: true, platform: true },
  });
}

function keyOf({ organizationId, userId, id }: UserKey & { id: string }) {
  return { organizationId, userId, id };
}

function nameOf({ organizationId, userId }: UserKey): string {
  return JSON.stringify([organizationId, userId]);
}
