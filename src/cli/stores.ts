import type { Database } from '../adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../adapters/postgres/directory.ts';
import { pendingMigrations } from '../adapters/postgres/migrations/migrate.ts';
import { type Sealing, sealing, withoutSecrets } from '../adapters/sealing.ts';
import { readConfig } from '../config/config.ts';
import type { Deps } from '../domain/ports.ts';
import type { SecretRing } from '../domain/secrets/keys.ts';
import { dataFolder, developmentSecrets } from '../process/development-defaults.ts';
import type { Surroundings } from './command.ts';

export type Stores = Pick<Deps, 'clients'> & Pick<Database, 'prisma'>;

/** Opens the database for one command. Commands that read or write secrets pass `sealed`. */
export async function withStores<T>(
  { openDatabase }: Pick<Surroundings, 'openDatabase'>,
  action: (stores: Stores) => Promise<T>,
  sealed: Sealing = withoutSecrets,
): Promise<T> {
  const database = await openDatabase();
  const { prisma } = database;
  const { clients } = prismaDirectory(database, sealed);
  try {
    // Not `ping`, whose time limit is for logins: the first query of a process is slow.
    const [pending] = await pendingMigrations(prisma);
    if (pending) throw new Error(`the database lacks the migration ${pending}: migrate it first`);
    return await action({ clients, prisma });
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
