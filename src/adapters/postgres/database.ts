import type { Database } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import { second } from '../../domain/time.ts';
import type { Sealing } from '../sealing.ts';
import type { PrismaClient } from './generated/client.ts';
import { pendingMigrations } from './migrations/migrate.ts';
import { requireKeys } from './sealed/sealing-keys.ts';

/** Whether the service can work with the database. */
export function database(prisma: PrismaClient, sealing: Sealing): Database {
  return {
    async ping() {
      await requireMigrations(prisma);
      await requireRights(prisma);
      await requireKeys(prisma, sealing);
    },
  };
}

async function requireMigrations(prisma: PrismaClient): Promise<void> {
  const [pending] = await pendingMigrations(prisma);
  if (pending) throw notReady(`the migration ${pending} is pending`);
}

/** Checks the tables with the same owner as Prisma's table: other programs may have tables too. */
async function requireRights(prisma: PrismaClient): Promise<void> {
  const rights = await missingRights(prisma);
  if (rights) throw notReady(`the role lacks the right to ${rights}`);
}

/** Such as `INSERT on factors, UPDATE on factors`; empty: none is missing. */
export async function missingRights(prisma: PrismaClient): Promise<string> {
  const missing = await prisma.$queryRaw<{ right: string }[]>`
    SELECT privilege || ' on ' || relname AS "right"
    FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND relname <> '_prisma_migrations' AND NOT has_table_privilege(pg_class.oid, privilege)
      AND relowner = (SELECT relowner FROM pg_class WHERE oid = to_regclass('_prisma_migrations'))
    ORDER BY 1`;
  return missing.map(({ right }) => right).join(', ');
}

function notReady(detail: string): Problem {
  return new Problem('unavailable', { retryAfterMs: second, detail, cause: new Error(detail) });
}
