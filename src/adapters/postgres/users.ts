import type { Directory } from '../../domain/ports.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';
import { ofOrganization } from './hold-user.ts';

type Users = Pick<Directory, 'noteUser' | 'setUserPolicy' | 'recordSkip'>;

/** What is remembered of a user, but for factors, devices and guesses: a statement each. */
export function users(prisma: PrismaClient): Users {
  return {
    async noteUser(user) {
      await prisma.$executeRaw`
        INSERT INTO users (organization_id, id)
        SELECT id, ${user.userId} ${ofOrganization(user)}
        ON CONFLICT DO NOTHING`;
    },

    async setUserPolicy(user, policy) {
      const set = await prisma.$executeRaw`
        INSERT INTO users (organization_id, id, policy)
        SELECT id, ${user.userId}, ${policy} ${ofOrganization(user)}
        ON CONFLICT (organization_id, id) DO UPDATE SET policy = EXCLUDED.policy`;
      return set > 0;
    },

    async recordSkip(user, step) {
      const column = Prisma.raw(step === 'primary' ? 'postponed_at' : 'backup_skipped_at');
      await prisma.$executeRaw`
        INSERT INTO users (organization_id, id, ${column})
        SELECT id, ${user.userId}, now() ${ofOrganization(user)}
        ON CONFLICT (organization_id, id) DO UPDATE SET ${column} = now()`;
    },
  };
}
