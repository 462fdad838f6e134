import type { UserKey } from '../../../domain/people.ts';
import type { ChargeOutcome, GuessAccounts, GuessLimits } from '../../../domain/ports.ts';
import type { Sealing } from '../../sealing.ts';
import { eventRows, recordEvents } from '../audit/record-events.ts';
import { pruneRows } from '../connection/batches.ts';
import type { Database } from '../connection/client.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { toDate, toUser } from '../grouped/user-rows.ts';

type Quick = Omit<GuessAccounts, 'prune'>;

/** The account of wrong guesses. Functions in the database lock it before they count on it. */
export function guessAccounts(
  { prisma, change }: Database,
  sealing: Sealing,
  { long: maxLong }: GuessLimits,
): Quick {
  return {
    async charge({ organizationId, userId }, guess) {
      const key = { organizationId, userId };
      const { user, ...charged } = await change({ ...guess, ...key, maxLong, do: 'charge' });
      return { ...outcomeOf(charged), user: toUser(sealing, key, user) };
    },

    async giveBack({ organizationId, userId }, { attemptId, tryId }) {
      await change({ do: 'giveBack', organizationId, userId, attemptId, tryId });
    },

    async settle({ organizationId, userId }, { entry, ...wrong }) {
      const entries = eventRows([entry], wrong.attemptId);
      const guess = { ...wrong, organizationId, userId, entries };
      const { position, recent, fullUntil } = await change({ ...guess, do: 'settle' });
      return { position, recent, fullUntil: toDate(fullUntil) };
    },

    alert: (user, { attemptId, alerts, lockedUntil }) =>
      prisma.$transaction(async (tx) => {
        await recordEvents(tx, alerts, attemptId);
        if (lockedUntil) await noteLock(tx, user, lockedUntil);
      }),

    forgive: ({ organizationId, userId, id: challengeId }) =>
      prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT lock_guess_account(${organizationId}, ${userId})`;
        await tx.wrongGuess.deleteMany({ where: { organizationId, userId, challengeId } });
      }),

    clear: ({ organizationId, userId }, entry) =>
      prisma.$transaction(async (tx) => {
        // The user's row before the account, as everywhere: no two wait in a circle.
        const where = { organizationId, id: userId };
        await tx.user.updateMany({ where, data: { lockedUntil: null } });
        await tx.$executeRaw`SELECT lock_guess_account(${organizationId}, ${userId})`;
        await tx.wrongGuess.deleteMany({ where: { organizationId, userId } });
        await recordEvents(tx, [entry]);
      }),
  };
}

/** Rows go a while after they stop counting. */
export function pruneGuesses(prisma: PrismaClient): Promise<void> {
  const prune = (kind: string, age: string) =>
    pruneRows(
      prisma,
      { table: 'wrong_guesses', key: 'attempt' },
      Prisma.sql`kind = ${kind} AND at < clock_timestamp() - ${age}::interval`,
    );
  return prune('short', '366 days').then(() => prune('long', '2 days'));
}

type Charged = { outcome: ChargeOutcome['outcome']; fullUntil: string | null };

function outcomeOf({ outcome, fullUntil }: Charged): ChargeOutcome {
  return outcome === 'full' ? { outcome, fullUntil: new Date(fullUntil ?? 0) } : { outcome };
}

/** Only for the list of locked users, so it skips a row that is locked. */
async function noteLock(
  tx: Prisma.TransactionClient,
  { organizationId, userId }: UserKey,
  lockedUntil: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE users SET locked_until = ${lockedUntil.toISOString()}::timestamptz
    WHERE (organization_id, id) IN (
      SELECT organization_id, id FROM users
      WHERE organization_id = ${organizationId} AND id = ${userId}
      FOR NO KEY UPDATE SKIP LOCKED)`;
}
