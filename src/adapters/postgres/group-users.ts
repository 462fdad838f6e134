import type { UserGroup } from '../../domain/people.ts';
import type { PrismaClient } from './generated/client.ts';

/** Few enough to be counted well within the time limit of a statement. */
const batchSize = 5_000;

type Row = UserGroup & { last: string };

/** Counts the users of an organization by what a change of policy would mean to them. */
export async function groupUsers(prisma: PrismaClient, organizationId: string) {
  const groups = new Map<string, UserGroup>();
  let after = '';
  for (;;) {
    const rows = await groupBatch(prisma, organizationId, after);
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

function groupBatch(prisma: PrismaClient, organizationId: string, after: string): Promise<Row[]> {
  return prisma.$queryRaw<Row[]>`
    WITH batch AS (
      SELECT id, policy, least(factor_count, 2) AS factors FROM users
      WHERE organization_id = ${organizationId} AND id > ${after} ORDER BY id LIMIT ${batchSize})
    SELECT policy, factors, app, app_version AS "appVersion", count(*)::int AS users,
      (SELECT id FROM batch ORDER BY id DESC LIMIT 1) AS last
    FROM batch LEFT JOIN LATERAL (
      SELECT app, app_version FROM events
      WHERE organization_id = ${organizationId} AND user_id = batch.id
        AND type = 'challenge.approved'
      ORDER BY id DESC LIMIT 1) approval ON true
    GROUP BY policy, factors, app, app_version`;
}
