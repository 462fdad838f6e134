import type { Client, Directory, Organization } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import type { Sealing } from '../sealing.ts';
import { devices } from './devices.ts';
import { eraseOrganization, eraseUser } from './erase.ts';
import { factors } from './factors.ts';
import type { PrismaClient } from './generated/client.ts';
import { groupUsers } from './group-users.ts';
import { guesses } from './guesses.ts';
import { loginLimits, patienceMs } from './limits.ts';
import { listUsers } from './list-users.ts';
import { loadUser } from './load-user.ts';
import { pendingMigrations } from './migrate.ts';
import { unavailableWhenAway } from './unavailable.ts';
import { users } from './users.ts';

type Unhurried = Pick<Directory, 'groupUsers' | 'eraseUser' | 'eraseOrganization'>;

/** The directory as it is kept in PostgreSQL, phone numbers and push tokens sealed. */
export function prismaDirectory(
  prisma: PrismaClient,
  sealing: Sealing,
  { answerMs } = loginLimits,
): Directory {
  return {
    ...unavailableWhenAway(quick(prisma, sealing), answerMs),
    ...unavailableWhenAway(unhurried(prisma), patienceMs),
  };
}

function quick(prisma: PrismaClient, sealing: Sealing): Omit<Directory, keyof Unhurried> {
  return {
    ...organizations(prisma),
    loadUser: (key) => loadUser(prisma, sealing, key),
    listUsers: (query) => listUsers(prisma, query),
    ...users(prisma),
    ...factors(prisma, sealing),
    ...devices(prisma, sealing),
    ...guesses(prisma),
    ...clients(prisma),
    async ping() {
      const [pending] = await pendingMigrations(prisma);
      if (pending) throw new Problem('unavailable', pendingMigration(pending));
    },
  };
}

function unhurried(prisma: PrismaClient): Unhurried {
  return {
    groupUsers: (organizationId) => groupUsers(prisma, organizationId),
    eraseUser: (user, pseudonym) => eraseUser(prisma, user, pseudonym),
    eraseOrganization: (id, pseudonymOf) => eraseOrganization(prisma, id, pseudonymOf),
  };
}

function pendingMigration(name: string) {
  return { retryAfterSeconds: 1, cause: new Error(`The migration ${name} is pending`) };
}

function organizations(
  prisma: PrismaClient,
): Pick<Directory, 'findOrganization' | 'saveOrganization'> {
  return {
    async findOrganization(id) {
      const omit = { createdAt: true, updatedAt: true } as const;
      const row = await prisma.organization.findUnique({ where: { id }, omit });
      return row as Organization | null;
    },

    async saveOrganization({ id, policy, language, country, backup }) {
      // A row that this statement made has no earlier version of itself.
      const [saved] = await prisma.$queryRaw<{ created: boolean }[]>`
        INSERT INTO organizations (id, policy, language, country, backup, updated_at)
        VALUES (${id}, ${policy}, ${language}, ${country}, ${backup}, now())
        ON CONFLICT (id) DO UPDATE SET policy = EXCLUDED.policy, language = EXCLUDED.language,
          country = EXCLUDED.country, backup = EXCLUDED.backup, updated_at = now()
        RETURNING xmax = 0 AS created`;
      return { created: saved?.created ?? false };
    },
  };
}

function clients(
  prisma: PrismaClient,
): Pick<Directory, 'findClientKey' | 'listClients' | 'createClient' | 'revokeClient'> {
  return {
    findClientKey: (id) => prisma.client.findUnique({ where: { id } }),

    async listClients(): Promise<Client[]> {
      const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
      return prisma.client.findMany({ omit: { keyHash: true }, orderBy: [...orderBy] });
    },

    async createClient({ id, name, scopes, keyHash }) {
      await prisma.client.create({ data: { id, name, scopes, keyHash: Uint8Array.from(keyHash) } });
    },

    async revokeClient(id) {
      // The first time is the one that counts.
      const revoked = await prisma.$executeRaw`
        UPDATE clients SET revoked_at = coalesce(revoked_at, now()) WHERE id = ${id}`;
      return revoked > 0;
    },
  };
}
