import type { Users } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';
import { listUsers } from './list-users.ts';
import { loadUser } from './load-user.ts';
import { ofOrganization } from './lock-user.ts';

/** What is remembered of a user, apart from factors, devices and guesses. One statement each. */
export function users(prisma: PrismaClient, sealing: Sealing): Omit<Users, 'group' | 'erase'> {
  return {
    load: (key) => loadUser(prisma, sealing, key),
    list: (query) => listUsers(prisma, query),

    async ensure(user) {
      await prisma.$executeRaw`
        INSERT INTO users (organization_id, id)
        SELECT id, ${user.userId} ${ofOrganization(user)}
        ON CONFLICT DO NOTHING`;
    },

    async setPolicy(user, policy) {
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
