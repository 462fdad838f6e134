import type { UserKey } from '../../../domain/people.ts';
import { Prisma } from '../generated/client.ts';

type Transaction = Prisma.TransactionClient;

/** False when there is no row. It never makes one: a user who was erased meanwhile does not come back. */
export async function lockUser(tx: Transaction, user: UserKey): Promise<boolean> {
  const { organizationId, userId } = user;
  // Locks no key column, so that other tables can get rows for the user meanwhile.
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS locked FROM users
    WHERE organization_id = ${organizationId} AND id = ${userId} FOR NO KEY UPDATE`;
  return locked.length > 0;
}

/** FROM clause for inserting a user. It locks the organization against erasure. */
export function ofOrganization({ organizationId }: UserKey): Prisma.Sql {
  return Prisma.sql`FROM organizations WHERE id = ${organizationId} FOR KEY SHARE`;
}
