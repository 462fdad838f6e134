import type { UserKey } from '../../../domain/people.ts';
import type { RecoverySecrets } from '../../../domain/ports.ts';
import { recordEvents } from '../audit/record-events.ts';
import type { PrismaClient } from '../generated/client.ts';
import { Prisma } from '../generated/client.ts';
import { lockUser } from './lock-user.ts';

type Quick = Omit<RecoverySecrets, 'prune'>;

export function recoverySecrets(prisma: PrismaClient): Quick {
  return {
    createPass: (user, { hash, lifetimeMs }, entry) =>
      prisma.$transaction(async (tx) => {
        if (!(await lockUser(tx, user))) return null;
        await tx.recoverySecret.deleteMany({ where: secretsOf(user, 'pass') });
        const expiresAt = Prisma.sql`clock_timestamp() + ${lifetimeMs} * interval '1 millisecond'`;
        const [row] = await tx.$queryRaw<{ expires_at: Date }[]>`
          INSERT INTO recovery_secrets (organization_id, user_id, kind, hash, expires_at)
          VALUES (${user.organizationId}, ${user.userId}, 'pass', ${hash}, ${expiresAt})
          RETURNING expires_at`;
        await recordEvents(tx, [entry]);
        return row?.expires_at ?? null;
      }),

    removePass: (user, entry) =>
      prisma.$transaction(async (tx) => {
        const where = { ...secretsOf(user, 'pass'), usedBy: null };
        const { count } = await tx.recoverySecret.deleteMany({ where });
        if (count > 0) await recordEvents(tx, [entry]);
      }),

    replaceCodes: (user, hashes, entry) =>
      prisma.$transaction(async (tx) => {
        const locked = await lockUser(tx, user);
        const factors = locked ? await tx.factor.count({ where: ownedBy(user) }) : 0;
        if (factors === 0) return 'no-factor';
        await dropRecoveryCodes(tx, user);
        const data = hashes.map((hash) => ({ ...secretsOf(user, 'recovery-code'), hash }));
        await tx.recoverySecret.createMany({ data });
        await recordEvents(tx, [entry]);
        return 'replaced';
      }),

    countCodes: (user) =>
      prisma.recoverySecret.count({ where: { ...secretsOf(user, 'recovery-code'), usedBy: null } }),

    use: (user, { kind, hash, attemptId }, entry) =>
      prisma.$transaction(async (tx) => {
        // The row decides: of many uses at once, one finds it unused.
        const used = await tx.$executeRaw`
          UPDATE recovery_secrets SET used_by = ${attemptId}, used_at = clock_timestamp()
          WHERE organization_id = ${user.organizationId} AND user_id = ${user.userId}
            AND kind = ${kind} AND hash = ${hash} AND (used_by = ${attemptId}
              OR used_by IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp()))`;
        if (used > 0) await recordEvents(tx, [entry], attemptId);
        return used > 0;
      }),
  };
}

/** Part of the transaction that removes the last factor. */
export async function dropRecoveryCodes(tx: Prisma.TransactionClient, user: UserKey) {
  await tx.recoverySecret.deleteMany({ where: secretsOf(user, 'recovery-code') });
}

export async function pruneRecoverySecrets(prisma: PrismaClient, moment: Date): Promise<void> {
  const before = { lt: moment };
  await prisma.recoverySecret.deleteMany({
    where: { OR: [{ usedAt: before }, { expiresAt: before }] },
  });
}

function secretsOf(user: UserKey, kind: 'pass' | 'recovery-code') {
  return { ...ownedBy(user), kind };
}

function ownedBy({ organizationId, userId }: UserKey): UserKey {
  return { organizationId, userId };
}
