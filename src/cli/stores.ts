import type { Database } from '../adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../adapters/postgres/directory.ts';
import { pendingMigrations } from '../adapters/postgres/migrations/migrate.ts';
import { type Sealing, sealing, withoutSecrets } from '../adapters/sealing.ts';
import { readConfig, readDatabaseUrl } from '../config/config.ts';
import type { Deps } from '../domain/ports.ts';
import type { SecretRing } from '../domain/secrets/keys.ts';
import { developmentSecrets } from '../process/development-defaults.ts';
import { dataFolder, openDatabase } from '../wire.ts';

export type Stores = Pick<Deps, 'clients'> & Pick<Database, 'prisma'>;

/** Opens the database for one command; `sealed` is needed by those that read or write secrets. */
export async function withStores(
  action: (stores: Stores) => Promise<void>,
  sealed: Sealing = withoutSecrets,
): Promise<void> {
  const database = await openDatabase(readDatabaseUrl());
  const { prisma } = database;
  const { clients } = prismaDirectory(prisma, sealed);
  try {
    // Not by `ping`, whose time limit is for logins: the first question of a process is slow.
    const [pending] = await pendingMigrations(prisma);
    if (pending) throw new Error(`the database lacks the migration ${pending}: migrate it first`);
    await action({ clients, prisma });
  } finally {
    await database.close();
  }
}

/** The secrets of the service, for the commands that need them. */
export function readSecrets(): SecretRing {
  return readConfig().SECRETS ?? developmentSecrets(dataFolder);
}

export function readSealing(): Sealing {
  return sealing(readSecrets());
}
