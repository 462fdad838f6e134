import type { Organization } from '../../domain/people.ts';
import type { Organizations } from '../../domain/ports.ts';
import { recordEvents } from './audit/record-events.ts';
import type { Prisma, PrismaClient } from './generated/client.ts';
import { eraseOrganization } from './users/erase.ts';

/** Organizations, without their erasure, which takes longer. */
export function organizations(prisma: PrismaClient): Omit<Organizations, 'erase'> {
  return {
    async find(id) {
      const omit = { createdAt: true, updatedAt: true } as const;
      const row = await prisma.organization.findUnique({ where: { id }, omit });
      return row as Organization | null;
    },

    save: (organization, entry) =>
      prisma.$transaction(async (tx) => {
        const created = await saveOrganization(tx, organization);
        await recordEvents(tx, [entry]);
        return { created };
      }),
  };
}

async function saveOrganization(
  tx: Prisma.TransactionClient,
  { id, policy, language, country, backup }: Organization,
): Promise<boolean> {
  // A row that this statement made has no earlier version.
  const [saved] = await tx.$queryRaw<{ created: boolean }[]>`
    INSERT INTO organizations (id, policy, language, country, backup, updated_at)
    VALUES (${id}, ${policy}, ${language}, ${country}, ${backup}, now())
    ON CONFLICT (id) DO UPDATE SET policy = EXCLUDED.policy, language = EXCLUDED.language,
      country = EXCLUDED.country, backup = EXCLUDED.backup, updated_at = now()
    RETURNING xmax = 0 AS created`;
  return saved?.created ?? false;
}

/** Work in many small steps. */
export function slowOrganizations(prisma: PrismaClient): Pick<Organizations, 'erase'> {
  return { erase: (id, pseudonymOf, entry) => eraseOrganization(prisma, id, pseudonymOf, entry) };
}
