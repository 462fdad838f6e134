import type { UserKey } from '../../domain/people.ts';
import { Prisma } from './generated/client.ts';

type Transaction = Prisma.TransactionClient;

// Locks no key column, so that other tables can get rows for the user meanwhile.

/**
 * Locks the row of a user until the transaction ends, and makes it first if there is none.
 * False when the organization does not exist.
 */
export async function lockUser(tx: Transaction, user: UserKey): Promise<boolean> {
  const locked = await tx.$executeRaw`
    INSERT INTO users (organization_id, id)
    SELECT id, ${user.userId} ${ofOrganization(user)}
    ON CONFLICT (organization_id, id) DO UPDATE SET created_at = users.created_at`;
  return locked > 0;
}

/** Locks the row of a user; false when there is none. */
export async function lockKnownUser(tx: Transaction, user: UserKey): Promise<boolean> {
  const { organizationId, userId } = user;
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS locked FROM users
    WHERE organization_id = ${organizationId} AND id = ${userId} FOR NO KEY UPDATE`;
  return locked.length > 0;
}

/** FROM clause for inserting a user. It locks the organization against erasure. */
export function ofOrganization({ organizationId }: UserKey): Prisma.Sql {
  return Prisma.sql`FROM organizations WHERE id = ${organizationId} FOR KEY SHARE`;
}
