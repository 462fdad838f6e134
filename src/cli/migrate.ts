import { migratePostgres } from '../adapters/postgres/connection/client.ts';
import { readDatabaseUrl } from '../config/config.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { withStores } from './stores.ts';
import { print } from './terminal.ts';

export const migrate: Command = {
  usage: '',
  help: 'Brings the database up to date.',
  run: async (args) => {
    readArguments(args, {});
    await bringUpToDate();
  },
};

async function bringUpToDate(): Promise<void> {
  const url = readDatabaseUrl();
  if (!url) return withStores(async () => print('the embedded database is up to date'));
  const applied = await migratePostgres(url);
  print(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
}
