import { migratePostgres } from '../adapters/postgres/connection/client.ts';
import { readDatabaseUrl } from '../config/config.ts';
import { readArguments } from './arguments.ts';
import type { Command, Surroundings } from './command.ts';
import { withStores } from './stores.ts';

export const migrate: Command = {
  usage: '',
  help: 'Brings the database up to date.',
  run: async (args, around) => {
    readArguments(args, {});
    await bringUpToDate(around);
  },
};

async function bringUpToDate(around: Surroundings): Promise<void> {
  const url = readDatabaseUrl();
  if (!url)
    return withStores(around, async () => around.print('the embedded database is up to date'));
  const applied = await migratePostgres(url);
  around.print(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
}
