import type { Clients } from '../../domain/ports.ts';
import type { PrismaClient } from './generated/client.ts';
import { recordEvents } from './record-events.ts';

/** API keys, of which only hashes are kept. */
export function clients(prisma: PrismaClient): Clients {
  return {
    findKey: (id) => prisma.client.findUnique({ where: { id } }),

    async list() {
      const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
      return prisma.client.findMany({ omit: { keyHash: true }, orderBy: [...orderBy] });
    },

    create: ({ id, name, scopes, keyHash }, entry) =>
      prisma.$transaction(async (tx) => {
        const data = { id, name, scopes, keyHash: Uint8Array.from(keyHash) };
        await tx.client.create({ data });
        await recordEvents(tx, [entry]);
      }),

    revoke: (id, entry) =>
      prisma.$transaction(async (tx) => {
        // The first time is the one that counts.
        const revoked = await tx.$executeRaw`
          UPDATE clients SET revoked_at = coalesce(revoked_at, now()) WHERE id = ${id}`;
        if (revoked > 0) await recordEvents(tx, [entry]);
        return revoked > 0;
      }),
  };
}
