import type { Clients } from '../../domain/ports.ts';
import { recordEvents } from './audit/record-events.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';

/** API keys. Only their hashes are stored. */
export function clients(prisma: PrismaClient): Clients {
  return {
    async findKeys(ids) {
      const rows = await prisma.client.findMany({ where: { id: { in: [...ids] } } });
      return rows.map(withOrganizations);
    },

    async list() {
      const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
      const rows = await prisma.client.findMany({
        omit: { keyHash: true },
        orderBy: [...orderBy],
      });
      return rows.map(withOrganizations);
    },

    create: ({ keyHash, organizations, ...client }, entry) =>
      prisma.$transaction(async (tx) => {
        const limit = organizations ?? Prisma.DbNull;
        const data = { ...client, organizations: limit, keyHash: Uint8Array.from(keyHash) };
        await tx.client.create({ data });
        await recordEvents(tx, [entry]);
      }),

    revoke: (id, entry) =>
      prisma.$transaction(async (tx) => {
        // A second revocation keeps the time of the first.
        const revoked = await tx.$executeRaw`
          UPDATE clients SET revoked_at = coalesce(revoked_at, now()) WHERE id = ${id}`;
        if (revoked > 0) await recordEvents(tx, [entry]);
        return revoked > 0;
      }),
  };
}

/** Null means all organizations, and an empty list means none. */
function withOrganizations<Row extends { organizations: unknown }>(row: Row) {
  return { ...row, organizations: row.organizations as string[] | null };
}
