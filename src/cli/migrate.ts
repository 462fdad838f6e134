import { migratePostgres } from '../adapters/postgres/connection/client.ts';
import { pendingMigrations } from '../adapters/postgres/migrations/migrate.ts';
import { readDatabaseUrl } from '../config/config.ts';
import { readArguments } from './arguments.ts';
import { type Command, type Surroundings, UsageError } from './command.ts';
import { withStores } from './stores.ts';

export const migrate: Command = {
  usage: '[--status [--json]]',
  help: `Brings the database up to date.
--status  only lists what it would apply; ends with 1 when that is something
--json    that list as JSON: { pending }`,
  run: async (args, around) => {
    const { status, json } = readArguments(args, { flags: ['status', 'json'] });
    if (json && !status) throw new UsageError('--json goes with --status');
    await (status ? tellStatus(around, json !== undefined) : bringUpToDate(around));
  },
};

async function tellStatus({ openDatabase, print }: Surroundings, json: boolean): Promise<void> {
  const database = await openDatabase();
  try {
    const pending = await pendingMigrations(database.prisma);
    if (json) print(JSON.stringify({ pending }));
    else for (const name of pending) print(`pending: ${name}`);
    if (pending.length > 0)
      throw new Error(`${pending.length} migrations are pending: run migrate`);
    if (!json) print('every migration is applied');
  } finally {
    await database.close();
  }
}

async function bringUpToDate(around: Surroundings): Promise<void> {
  const url = readDatabaseUrl();
  if (!url)
    return withStores(around, async () => around.print('the embedded database is up to date'));
  const applied = await migratePostgres(url);
  around.print(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
}
