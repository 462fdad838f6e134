import type { UserKey } from '../../domain/people.ts';
import { Prisma } from './generated/client.ts';

type Transaction = Prisma.TransactionClient;

// No key column is named: rows of other tables may be added for the user meanwhile.

/**
 * Makes the row of a user if need be and keeps others off it until the transaction ends; false
 * when there is no such organization.
 */
export async function lockUser(tx: Transaction, user: UserKey): Promise<boolean> {
  const locked = await tx.$executeRaw`
    INSERT INTO users (organization_id, id)
    SELECT id, ${user.userId} ${ofOrganization(user)}
    ON CONFLICT (organization_id, id) DO UPDATE SET created_at = users.created_at`;
  return locked > 0;
}

/** The same for a user who must have a row already: false when there is none. */
export async function lockKnownUser(tx: Transaction, user: UserKey): Promise<boolean> {
  const { organizationId, userId } = user;
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS locked FROM users
    WHERE organization_id = ${organizationId} AND id = ${userId} FOR NO KEY UPDATE`;
  return locked.length > 0;
}

/** What a user's row is selected from, to be inserted; the organization cannot go meanwhile. */
export function ofOrganization({ organizationId }: UserKey): Prisma.Sql {
  return Prisma.sql`FROM organizations WHERE id = ${organizationId} FOR KEY SHARE`;
}
