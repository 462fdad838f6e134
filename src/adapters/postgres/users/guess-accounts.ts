import type { UserKey } from '../../../domain/people.ts';
import type { ChargeOutcome, GuessAccounts, SettledAccount } from '../../../domain/ports.ts';
import { eventsJson, recordEvents } from '../audit/record-events.ts';
import { pruneRows } from '../connection/batches.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';

type Quick = Omit<GuessAccounts, 'prune'>;

/** The account of wrong guesses. Functions in the database lock it before they count on it. */
export function guessAccounts(prisma: PrismaClient): Quick {
  return {
    async charge({ organizationId, userId }, guess) {
      const { challengeId, codeId, attemptId, tryId, lane, kind, limit } = guess;
      const [row] = await prisma.$queryRaw<ChargeOutcome[]>`
        SELECT outcome, full_until AS "fullUntil"
        FROM charge_guess(${organizationId}, ${userId}, ${challengeId}, ${codeId}, ${attemptId},
          ${tryId}, ${lane}, ${kind}, ${limit}::int)`;
      if (!row) throw new Error('A charge always has one outcome');
      return row;
    },

    async giveBack({ organizationId, userId }, { attemptId, tryId }) {
      await prisma.$executeRaw`
        SELECT give_back_guess(${organizationId}, ${userId}, ${attemptId}, ${tryId})`;
    },

    async settle({ organizationId, userId }, { attemptId, lane, kind, limit, entry }) {
      const entries = eventsJson([entry], attemptId);
      const [row] = await prisma.$queryRaw<SettledAccount[]>`
        SELECT position, full_until AS "fullUntil", recent
        FROM settle_guess(${organizationId}, ${userId}, ${attemptId}, ${lane}, ${kind}, ${limit}::int,
          ${entries}::jsonb)`;
      if (!row) throw new Error('An account always stands somehow');
      return row;
    },

    alert: (user, { attemptId, alerts, lockedUntil }) =>
      prisma.$transaction(async (tx) => {
        await recordEvents(tx, alerts, attemptId);
        if (lockedUntil) await noteLock(tx, user, lockedUntil);
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

/** Guesses at short codes, and until when the strangers' lane is locked. `user` is columns or parameters. */
export function accountOf(
  { organizationId, userId }: Record<keyof UserKey, unknown>,
  maxLong: number,
): Prisma.Sql {
  const counted = (kind: string, limit: number) => Prisma.sql`
    count_guesses(${organizationId}, ${userId}, 'strangers', ${kind}, ${limit}::int, clock_timestamp(), false)`;
  // Above the limit of any account.
  return Prisma.sql`json_build_object(
    'short', (SELECT position FROM ${counted('short', maxShortCounted)}),
    'lockedUntil', (SELECT full_until FROM ${counted('long', maxLong)}))`;
}

const maxShortCounted = 1_000;

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
