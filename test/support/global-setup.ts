import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { migrate } from '../../src/adapters/postgres/migrations/migrate.ts';
import { createDatabase, startPostgres, startRedis, templateDatabase } from './servers.ts';
import { startedServers } from './started-servers.ts';

/** One Redis and one PostgreSQL for the whole run; their addresses reach the tests as settings. */
export default async function globalSetup(): Promise<void> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  startedServers.push(redis, postgres);
  process.env['TEST_REDIS_URL'] = redis.url;
  process.env['TEST_DATABASE_URL'] = postgres.url;
  process.env['TEST_PGLITE_DATA'] = join(postgres.folder, 'pglite.tar');
  await Promise.all([
    migratePostgres(await createDatabase(postgres.url, templateDatabase)),
    makePGlite(process.env['TEST_PGLITE_DATA']),
  ]);
}

/** The data of a migrated PGlite: making it takes seconds, loading it does not. */
async function makePGlite(file: string): Promise<void> {
  const db = new PGlite();
  await migrate(db);
  const data = await db.dumpDataDir('none');
  writeFileSync(file, Buffer.from(await data.arrayBuffer()));
  await db.close();
}
