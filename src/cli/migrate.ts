import { migratePostgres } from '../adapters/postgres/connection/client.ts';
import { readDatabaseUrl } from '../config/config.ts';
import { withStores } from './stores.ts';
import { print } from './terminal.ts';

/** Brings the database up to date. */
export async function migrate(): Promise<void> {
  const url = readDatabaseUrl();
  if (!url) return withStores(async () => print('the embedded database is up to date'));
  const applied = await migratePostgres(url);
  print(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
}
