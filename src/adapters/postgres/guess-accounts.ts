import type { GuessAccount, UserKey, WrongGuess } from '../../domain/people.ts';
import type { GuessAccounts } from '../../domain/ports.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';
import { lockKnownUser, lockUser } from './lock-user.ts';
import { recordEvents } from './record-events.ts';

type Transaction = Prisma.TransactionClient;

/** How many that are past their time go with each one that comes: more than come. */
const pruneSize = 10;

// Of a statement, since a transaction's own clock stands still while it waits for a user's row;
// and not of a row, for which no index could be used.
const aYearAgo = Prisma.sql`statement_timestamp() - interval '365 days'`;
const aDayAgo = Prisma.sql`statement_timestamp() - interval '24 hours'`;

/** The account of wrong guesses of a user, each change after all others to the same user. */
export function guessAccounts(prisma: PrismaClient): GuessAccounts {
  return {
    recordWrongGuess: (user, guess, maxLong) =>
      prisma.$transaction(async (tx) => {
        if (!(await lockUser(tx, user))) throw new Error('A guess in an unknown organization');
        await insertGuess(tx, user, guess);
        const { fullSince, ...account } = await readAccount(tx, user, maxLong);
        const lockedUntil = await lock(tx, user, fullSince);
        await removeOld(tx);
        return { ...account, lockedUntil };
      }),

    async forgive({ organizationId, userId }, challengeId) {
      await prisma.wrongGuess.deleteMany({ where: { organizationId, userId, challengeId } });
    },

    clear: ({ organizationId, userId }, entry) =>
      prisma.$transaction(async (tx) => {
        await lockKnownUser(tx, { organizationId, userId });
        await tx.wrongGuess.deleteMany({ where: { organizationId, userId } });
        const where = { organizationId, id: userId };
        await tx.user.updateMany({ where, data: { lockedUntil: null } });
        await recordEvents(tx, [entry]);
      }),
  };
}

/** The two numbers of an account, as one JSON value; `user` is columns or parameters. */
export function accountOf({ organizationId, userId }: Record<keyof UserKey, unknown>): Prisma.Sql {
  const theirs = Prisma.sql`organization_id = ${organizationId} AND user_id = ${userId}`;
  return Prisma.sql`json_build_object(
    'short', (SELECT count(*) FROM wrong_guesses
      WHERE ${theirs} AND kind = 'short' AND at > ${aYearAgo}),
    'long', (SELECT count(*) FROM wrong_guesses
      WHERE ${theirs} AND kind = 'long' AND at > ${aDayAgo}))`;
}

async function insertGuess(
  tx: Transaction,
  { organizationId, userId }: UserKey,
  { challengeId, kind }: WrongGuess,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
    VALUES (${organizationId}, ${userId}, ${challengeId}, ${kind}, statement_timestamp())`;
}

type Row = { account: GuessAccount; recent: number; fullSince: Date | null };

/** `fullSince` is when the oldest of the newest `maxLong` long ones was made, if all are recent. */
async function readAccount(tx: Transaction, user: UserKey, maxLong: number) {
  const { organizationId, userId } = user;
  const theirs = Prisma.sql`organization_id = ${organizationId} AND user_id = ${userId}`;
  const [row] = await tx.$queryRaw<Row[]>`
    SELECT ${accountOf(user)} AS account,
      (SELECT count(*)::int FROM wrong_guesses
        WHERE ${theirs} AND kind IN ('short', 'long') AND at > ${aDayAgo}) AS recent,
      (SELECT at FROM wrong_guesses WHERE ${theirs} AND kind = 'long' AND at > ${aDayAgo}
        ORDER BY at DESC OFFSET ${maxLong - 1} LIMIT 1) AS "fullSince"`;
  if (!row) throw new Error('The query for an account always has one row');
  const { account, recent, fullSince } = row;
  return { ...account, recent, fullSince };
}

/** Makes the lock as long as it has to be, never shorter; null when there is none. */
async function lock(
  tx: Transaction,
  { organizationId, userId }: UserKey,
  fullSince: Date | null,
): Promise<Date | null> {
  const since = fullSince?.toISOString() ?? null;
  const [user] = await tx.$queryRaw<{ lockedUntil: Date }[]>`
    UPDATE users
    SET locked_until = greatest(locked_until, ${since}::timestamptz + interval '24 hours')
    WHERE organization_id = ${organizationId} AND id = ${userId}
      AND greatest(locked_until, ${since}::timestamptz + interval '24 hours') > statement_timestamp()
    RETURNING locked_until AS "lockedUntil"`;
  return user?.lockedUntil ?? null;
}

/** Anyone's. Those that somebody else is just removing are left to him: nobody waits here. */
async function removeOld(tx: Transaction): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM wrong_guesses WHERE id = ANY(ARRAY(
      SELECT id FROM wrong_guesses WHERE at < ${aYearAgo}
      ORDER BY at LIMIT ${pruneSize} FOR UPDATE SKIP LOCKED))`;
}
