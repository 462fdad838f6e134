import { factorKinds } from '../../../domain/factors/index.ts';
import type { UserKey } from '../../../domain/people.ts';
import { Prisma } from '../generated/client.ts';

const deviceMethods = factorKinds.filter((kind) => kind.reachesDevices).map(({ method }) => method);

/** Stores how many factors a user has, and which methods work. The row of the user is locked. */
export async function updateReach(
  tx: Prisma.TransactionClient,
  { organizationId, userId }: UserKey,
): Promise<void> {
  const theirs = Prisma.sql`organization_id = ${organizationId} AND user_id = ${userId}`;
  await tx.$executeRaw`
    UPDATE users SET
      factor_count = (SELECT count(*) FROM factors WHERE ${theirs}),
      reached_by = ARRAY(
        SELECT DISTINCT method FROM factors
        WHERE ${theirs} AND (method <> ALL(${deviceMethods}::text[])
          OR EXISTS (SELECT FROM devices WHERE ${theirs} AND token_gone_at IS NULL))
        ORDER BY method)
    WHERE organization_id = ${organizationId} AND id = ${userId}`;
}

/** Whether a method needs a device. */
export function needsDevice({ method }: { method: string }): boolean {
  return deviceMethods.includes(method);
}
