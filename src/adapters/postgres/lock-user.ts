import type { UserKey } from '../../domain/people.ts';
import { Prisma } from './generated/client.ts';

type Transaction = Prisma.TransactionClient;

/**
 * Makes the row of a user if need be and keeps others off it until the transaction ends; false
 * when there is no such organization.
 */
export async function lockUser(tx: Transaction, user: UserKey): Promise<boolean> {
  const held = await tx.$executeRaw`
    INSERT INTO users (organization_id, id)
    SELECT id, ${user.userId} ${ofOrganization(user)}
    ON CONFLICT (organization_id, id) DO UPDATE SET id = EXCLUDED.id`;
  return held > 0;
}

/** The same for a user who must have a row already: false when there is none. */
export async function lockKnownUser(tx: Transaction, user: UserKey): Promise<boolean> {
  const { organizationId, userId } = user;
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS held FROM users
    WHERE organization_id = ${organizationId} AND id = ${userId} FOR UPDATE`;
  return held.length > 0;
}

/** What a user's row is selected from, to be inserted; the organization cannot go meanwhile. */
export function ofOrganization({ organizationId }: UserKey): Prisma.Sql {
  return Prisma.sql`FROM organizations WHERE id = ${organizationId} FOR KEY SHARE`;
}
