/**
 * Without Redis or PostgreSQL nobody signs in, everybody gets an error, and the service recovers.
 */
import { afterEach, describe, expect, test } from '@jest/globals';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { ask } from '../support/redis-members.ts';
import { createDatabase, type Server, startPostgres, startRedis } from '../support/servers.ts';
import { enrolled, problem, type Service, startService } from '../support/service.ts';

const opened: { service?: Service; server?: Server } = {};
afterEach(async () => {
  opened.server?.resume();
  await opened.service?.close();
  await opened.server?.stop();
});

async function withOwnRedis() {
  const server = await startRedis();
  const service = await startService({ redisUrl: `${server.url}/1` });
  Object.assign(opened, { server, service });
  return { server, service };
}

async function withOwnPostgres() {
  const server = await startPostgres();
  const databaseUrl = await createDatabase(server.url, 'own');
  await migratePostgres(databaseUrl);
  const service = await startService({ databaseUrl });
  Object.assign(opened, { server, service });
  return { server, service };
}

const ready = async (service: Service) => (await service.call('GET', '/health/ready')).status;

/** Each try has its own time limit, so this waits without sleeping. */
async function untilReady(service: Service): Promise<void> {
  while ((await ready(service)) !== 200);
}

describe.each([
  ['Redis', withOwnRedis],
  ['PostgreSQL', withOwnPostgres],
])('%s, frozen,', (_name, open) => {
  test('makes every step unavailable and approves nothing, and then goes on where it was', async () => {
    const { server, service } = await open();
    await service.organization({ policy: 'mandatory' });
    const user = await enrolled(service);
    const screen = await user.signIn();
    const code = user.heard();
    const calls = service.twilio.requests.length;
    server.pause();

    const body = { organizationId: 'acme', userId: user.userId, app: { name: 'company-panel' } };
    const answers = await Promise.all([
      service.start(body),
      screen.look(),
      screen.enter(code),
      screen.send(),
      screen.addPhone('+31612345678'),
      screen.skip(),
      screen.cancel(),
      service.call('GET', '/health/ready'),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject(problem(503, 'unavailable'));
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.body.result ?? answer.body.challenge).toBeUndefined();
    }
    expect((await service.call('GET', '/health/live')).status).toBe(200);
    expect(service.twilio.requests).toHaveLength(calls);

    server.resume();
    await untilReady(service);
    const after = await user.signIn();
    expect(after.challenge.status).toBe('verify');
    expect((await after.enter(user.heard())).body.status).toBe('approved');
  });
});

test('a Redis user that loses the right to publish: no code, not ready, and on with it again', async () => {
  const { server, service } = await withOwnRedis();
  await service.organization({ policy: 'mandatory' });
  const user = await enrolled(service);
  const screen = await user.signIn();
  const code = user.heard();
  const another = await user.signIn({ send: false });
  const calls = service.twilio.requests.length;
  await ask(server, 'ACL SETUSER default -publish');
  for (const answer of [
    await service.call('GET', '/health/ready'),
    await screen.enter(code),
    await another.send(),
    await another.cancel(),
  ])
    expect(answer).toMatchObject(problem(503, 'unavailable'));
  expect(service.twilio.requests).toHaveLength(calls);
  await ask(server, 'ACL SETUSER default +publish');
  await untilReady(service);
  expect((await screen.enter(code)).body.status).toBe('approved');
});
