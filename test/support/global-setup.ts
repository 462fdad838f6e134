import { migratePostgres } from '../../src/adapters/postgres/client.ts';
import { running } from './running.ts';
import { createDatabase, startPostgres, startRedis, templateDatabase } from './servers.ts';

/** One Redis and one PostgreSQL for the whole run; their addresses reach the tests as settings. */
export default async function globalSetup(): Promise<void> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  running.push(redis, postgres);
  process.env['TEST_REDIS_URL'] = redis.url;
  process.env['TEST_DATABASE_URL'] = postgres.url;
  await migratePostgres(await createDatabase(postgres.url, templateDatabase));
}
