import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { migratedPGlite } from './pglite-data.ts';
import { createDatabase, startPostgres, startRedis, templateDatabase } from './servers.ts';
import { startedServers } from './started-servers.ts';

/** One Redis and one PostgreSQL for the whole run; their addresses reach the tests as settings. */
export default async function globalSetup(): Promise<void> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  startedServers.push(redis, postgres);
  process.env['TEST_REDIS_URL'] = redis.url;
  process.env['TEST_DATABASE_URL'] = postgres.url;
  const [data] = await Promise.all([
    migratedPGlite(),
    migratePostgres(await createDatabase(postgres.url, templateDatabase)),
  ]);
  process.env['TEST_PGLITE_DATA'] = data;
}
