import type { UserKey } from '../../../domain/people.ts';
import type { GuessLimits, Users } from '../../../domain/ports.ts';
import type { Sealing } from '../../sealing.ts';
import { recordEvents } from '../audit/record-events.ts';
import type { Database } from '../connection/client.ts';
import { Prisma } from '../generated/client.ts';
import { toUser } from '../grouped/user-rows.ts';
import { listUsers } from './list-users.ts';
import { ofOrganization } from './lock-user.ts';

/** Locks the organization against erasure. */
const ensureUser = {
  name: 'ensure_user',
  text: `INSERT INTO users (organization_id, id)
    SELECT id, $2 FROM organizations WHERE id = $1 FOR KEY SHARE
    ON CONFLICT DO NOTHING`,
};

/** Users, without their factors, devices and guesses. */
export function users(
  { prisma, run, readUser }: Database,
  sealing: Sealing,
  { long: maxLong }: GuessLimits,
): Omit<Users, 'group' | 'countWithout' | 'erase'> {
  return {
    async load({ organizationId, userId }) {
      const key = { organizationId, userId };
      return toUser(sealing, key, await readUser({ ...key, maxLong }));
    },

    list: (query) => listUsers(prisma, query),

    async ensure({ organizationId, userId }) {
      await run(ensureUser, [organizationId, userId]);
    },

    async beginAddition({ organizationId, userId }, challengeId) {
      const theirs = Prisma.sql`organization_id = ${organizationId} AND id = ${userId}`;
      const [row] = await prisma.$queryRaw<{ previous: string | null }[]>`
        WITH before AS (
          SELECT addition_id AS previous FROM users WHERE ${theirs} FOR NO KEY UPDATE)
        UPDATE users SET addition_id = ${challengeId} FROM before WHERE ${theirs}
        RETURNING previous`;
      return row?.previous ?? null;
    },

    setPolicy: (user, policy, entry) =>
      prisma.$transaction(async (tx) => {
        const set = await tx.$executeRaw`
          INSERT INTO users (organization_id, id, policy)
          SELECT id, ${user.userId}, ${policy} ${ofOrganization(user)}
          ON CONFLICT (organization_id, id) DO UPDATE SET policy = EXCLUDED.policy`;
        if (set > 0) await recordEvents(tx, [entry]);
        return set > 0;
      }),
  };
}

/** Records that a user postponed the first factor (`primary`) or declined a backup (`backup`). */
export function recordSkip(user: UserKey, step: 'primary' | 'backup'): Prisma.Sql {
  const column = Prisma.raw(step === 'primary' ? 'postponed_at' : 'backup_skipped_at');
  return Prisma.sql`
    INSERT INTO users (organization_id, id, ${column})
    SELECT id, ${user.userId}, now() ${ofOrganization(user)}
    ON CONFLICT (organization_id, id) DO UPDATE SET ${column} = now()`;
}
