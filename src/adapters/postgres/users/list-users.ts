import { methodNames } from '../../../domain/factors/index.ts';
import type { ListedUser, UserState } from '../../../domain/people.ts';
import type { Users } from '../../../domain/ports.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';

type Query = Parameters<Users['list']>[0];

/** Each filter has an index, and must repeat its condition exactly. */
const inState: Record<Exclude<UserState, 'unreachable'>, Prisma.Sql> = {
  enrolled: Prisma.sql`AND factor_count > 0`,
  'no-backup': Prisma.sql`AND factor_count = 1`,
  postponed: Prisma.sql`AND postponed_at IS NOT NULL AND factor_count = 0`,
  locked: Prisma.sql`AND locked_until > now()`,
};

/** Null when a lock has ended. */
export const lockedUntil = Prisma.sql`CASE WHEN locked_until > now() THEN locked_until END`;

/** One page of the users of an organization. */
export function listUsers(prisma: PrismaClient, query: Query): Promise<ListedUser[]> {
  return prisma.$queryRaw<ListedUser[]>(usersQuery(query));
}

/** The query alone, so that a test can look at its plan. */
export function usersQuery({
  organizationId,
  state,
  after,
  limit,
  methods = methodNames,
}: Query): Prisma.Sql {
  // No id is empty, so all ids come after the empty one.
  return Prisma.sql`
    SELECT id AS "userId", policy, factor_count AS factors, ${unreachable(methods)} AS unreachable,
      postponed_at AS "postponedAt", ${lockedUntil} AS "lockedUntil"
    FROM users
    WHERE organization_id = ${organizationId} AND id > ${after ?? ''}
      ${state ? conditionOf(state, methods) : Prisma.empty}
    ORDER BY id LIMIT ${limit}`;
}

function conditionOf(state: UserState, methods: readonly string[]): Prisma.Sql {
  if (state !== 'unreachable') return inState[state];
  // No index covers methods that are not offered.
  return methodNames.every((method) => methods.includes(method))
    ? Prisma.sql`AND factor_count > 0 AND reached_by = '{}'`
    : Prisma.sql`AND ${unreachable(methods)}`;
}

function unreachable(methods: readonly string[]): Prisma.Sql {
  return Prisma.sql`(factor_count > 0 AND NOT reached_by && ${methods}::text[])`;
}
