import type { Clients } from '../../domain/ports.ts';
import type { PrismaClient } from './generated/client.ts';

/** API keys, of which only hashes are kept. */
export function clients(prisma: PrismaClient): Clients {
  return {
    findKey: (id) => prisma.client.findUnique({ where: { id } }),

    async list() {
      const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
      return prisma.client.findMany({ omit: { keyHash: true }, orderBy: [...orderBy] });
    },

    async create({ id, name, scopes, keyHash }) {
      await prisma.client.create({ data: { id, name, scopes, keyHash: Uint8Array.from(keyHash) } });
    },

    async revoke(id) {
      // The first time is the one that counts.
      const revoked = await prisma.$executeRaw`
        UPDATE clients SET revoked_at = coalesce(revoked_at, now()) WHERE id = ${id}`;
      return revoked > 0;
    },
  };
}
