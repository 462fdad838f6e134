/** A replica that is not ready says what is missing, each in one line, and takes no traffic until then. */
import { readdirSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { createDatabase, freshDatabase, startPostgres, startRedis } from '../support/servers.ts';
import { enrolled, randomSecret, type Service, startService } from '../support/service.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(options: Parameters<typeof startService>[0] = {}): Promise<Service> {
  const service = await startService(options);
  opened.unshift(service);
  return service;
}

const ready = (service: Service) => service.call('GET', '/health/ready');

/** The whole answer, so that what a probe reads stays as it is. */
async function expectMissing(service: Service, ...errors: { pointer: string; detail: string }[]) {
  const answer = await ready(service);
  expect(answer.status).toBe(503);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.body).toEqual({
    type: '/problems/unavailable',
    title: expect.any(String),
    status: 503,
    detail: expect.any(String),
    instance: expect.any(String),
    errors,
  });
}

const stopping = { pointer: '/service', detail: 'is stopping' };

test('a replica that is told to stop says so', async () => {
  const service = await open();
  expect(await ready(service)).toMatchObject({ status: 200, body: { status: 'ready' } });
  service.stop();
  await expectMissing(service, stopping);
});

test('Redis, PostgreSQL and the stop are all said at once', async () => {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const databaseUrl = await createDatabase(postgres.url, 'own');
  await migratePostgres(databaseUrl);
  const service = await open({ redisUrl: redis.url, databaseUrl });
  const gone = (pointer: string) => ({ pointer, detail: 'does not answer' });
  await redis.stop();
  await expectMissing(service, gone('/redis'));
  await postgres.stop();
  await expectMissing(service, gone('/postgresql'), gone('/redis'));
  service.stop();
  await expectMissing(service, gone('/postgresql'), gone('/redis'), stopping);
});

test('a migration that is pending is named', async () => {
  const databaseUrl = await freshDatabase();
  const service = await open({ databaseUrl });
  const last = readdirSync('prisma/migrations')
    .filter((name) => /^\d/.test(name))
    .sort()
    .at(-1);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('DELETE FROM _prisma_migrations WHERE migration_name = $1', [last]);
  await client.end();
  const detail = `the migration ${last} is pending`;
  await expectMissing(service, { pointer: '/postgresql', detail });
});

test('a secret that SECRETS lacks is named, and its bytes are not shown', async () => {
  const [k1, k2] = [randomSecret('k1'), randomSecret('k2')];
  const databaseUrl = await freshDatabase();
  const before = await open({ databaseUrl, secrets: [k1] });
  await before.organization({ policy: 'mandatory' });
  await enrolled(before);
  const after = await open({ databaseUrl, secrets: [k2] });
  const detail = 'SECRETS lacks k1, under which rows are sealed';
  await expectMissing(after, { pointer: '/postgresql', detail });
  const both = await open({ databaseUrl, secrets: [k2, k1] });
  expect((await ready(both)).status).toBe(200);
});
