/** The account of wrong guesses is in PostgreSQL: while that is away nobody is let in by a guess. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { accountOf } from '../support/guessing.ts';
import { type Server, startPostgres } from '../support/servers.ts';
import { enrolled, problem, type Service, startService, wrong } from '../support/service.ts';

let server: Server;
let service: Service;
beforeAll(async () => {
  server = await startPostgres();
  await migratePostgres(server.url);
  service = await startService({ databaseUrl: server.url, limits: { answerMs: 4_000 } });
  await service.organization({ policy: 'mandatory' });
});
afterAll(async () => {
  await service.close();
  await server.stop();
});

/** Each try has its own time limit, so this waits without sleeping. */
async function untilReady(): Promise<void> {
  while ((await service.call('GET', '/health/ready')).status !== 200);
}

test('PostgreSQL away: no code is sent, no guess is compared, and nobody is approved', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const unsent = await user.signIn({ send: false });
  const code = user.heard();
  await screen.enter(wrong(code));
  const calls = service.twilio.requests.length;
  const away = problem(503, 'unavailable');
  server.pause();
  const answers = await Promise.all([
    screen.enter(code),
    screen.enter(wrong(code)),
    unsent.send(),
    service.start({ userId: user.userId }),
  ]);
  server.resume();
  for (const answer of answers) expect(answer).toMatchObject(away);
  expect(service.twilio.requests).toHaveLength(calls);
  await untilReady();
  const { body } = await screen.look();
  expect(body).toMatchObject({ status: 'verify', result: null });
  // A charge may have reached the frozen server, and is given back then.
  while ((await accountOf(service, user)).short > 1);
  expect(await accountOf(service, user)).toEqual({ short: 1, long: 0 });
  expect((await unsent.send()).status).toBe(202);
  expect((await unsent.enter(user.heard())).body.status).toBe('approved');
});
