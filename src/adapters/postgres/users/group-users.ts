import type { UserGroup } from '../../../domain/people.ts';
import type { PrismaClient } from '../generated/client.ts';

/** Counted well within the time limit of a statement. */
const batchSize = 5_000;

type Row = UserGroup & { last: string };

/** Counts users in groups: a change of policy has one effect on all of a group. */
export async function groupUsers(prisma: PrismaClient, organizationId: string, methods: string[]) {
  const groups = new Map<string, UserGroup>();
  let after = '';
  for (;;) {
    const rows = await groupBatch(prisma, { organizationId, methods, after });
    for (const row of rows) count(groups, row);
    const [first] = rows;
    const users = rows.reduce((sum, row) => sum + row.users, 0);
    if (!first || users < batchSize) return [...groups.values()];
    after = first.last;
  }
}

function count(groups: Map<string, UserGroup>, { last, ...group }: Row): void {
  const key = JSON.stringify({ ...group, users: null });
  const users = (groups.get(key)?.users ?? 0) + group.users;
  groups.set(key, { ...group, users });
}

type Batch = { organizationId: string; methods: string[]; after: string };

function groupBatch(
  prisma: PrismaClient,
  { organizationId, methods, after }: Batch,
): Promise<Row[]> {
  return prisma.$queryRaw<Row[]>`
    WITH batch AS (
      SELECT id, policy, least(factor_count, 2) AS factors, reached_by,
        factor_count > 0 AND EXISTS (SELECT 1 FROM factors
          WHERE organization_id = ${organizationId} AND user_id = users.id
            AND method = ANY(${methods})) AS offered
      FROM users
      WHERE organization_id = ${organizationId} AND id > ${after} ORDER BY id LIMIT ${batchSize})
    SELECT policy, factors, offered, reached_by AS "reachedBy", app, app_version AS "appVersion",
      count(*)::int AS users,
      (SELECT id FROM batch ORDER BY id DESC LIMIT 1) AS last
    FROM batch LEFT JOIN LATERAL (
      SELECT app, app_version FROM events
      WHERE organization_id = ${organizationId} AND user_id = batch.id
        AND type = 'challenge.approved'
      ORDER BY id DESC LIMIT 1) approval ON true
    GROUP BY policy, factors, offered, reached_by, app, app_version`;
}

/** Counts the users of all organizations who have factors, but none with these methods. */
export async function countWithout(prisma: PrismaClient, methods: string[]): Promise<number> {
  const [row] = await prisma.$queryRaw<{ users: number }[]>`
    SELECT count(*)::int AS users FROM (
      SELECT 1 FROM factors GROUP BY organization_id, user_id
      HAVING NOT bool_or(method = ANY(${methods}))) AS without`;
  return row?.users ?? 0;
}
