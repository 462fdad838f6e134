/** A change and its entry in the trail are one: the connection is cut where the entry is written. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { type Answer, problem, type Service, signIn, startService } from '../support/service.ts';
import { atSettings, type Page, withBackup } from '../support/settings-page.ts';

let service: Service;
let onlooker: Client;

beforeAll(async () => {
  service = await startService();
  await service.organization({ policy: 'mandatory' });
  await service.organization({ policy: 'optional' }, 'optional');
  onlooker = new Client({ connectionString: service.databaseUrl });
  await onlooker.connect();
  await onlooker.query(`
    INSERT INTO webhook_endpoints (client, url, secret) VALUES ('panel', 'https://a.example', 'x');
    CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1); RETURN NEW; END $$;
    CREATE TRIGGER cut BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION cut();
    ALTER TABLE events DISABLE TRIGGER cut`);
});

afterAll(async () => {
  await onlooker.end();
  await service.close();
});

async function whileCut(work: () => Promise<Answer>): Promise<Answer> {
  await onlooker.query('ALTER TABLE events ENABLE TRIGGER cut');
  try {
    return await work();
  } finally {
    await onlooker.query('ALTER TABLE events DISABLE TRIGGER cut');
  }
}

const rowsOf = async (table: string) =>
  (await onlooker.query(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)).rows;

async function everything() {
  const rows = [];
  for (const table of ['organizations', 'users', 'factors', 'devices', 'outbox'])
    rows.push(...(await rowsOf(table)));
  return rows;
}

async function entries(type: string): Promise<number> {
  const { rows } = await onlooker.query('SELECT count(*) FROM events WHERE type = $1', [type]);
  return Number(rows[0].count);
}

type Around = { page: Page; admin: Page; backupId: string };

test.each<[string, string, (around: Around) => Promise<Answer>]>([
  ['removing a factor', 'factor.removed', ({ page, backupId }) => page.remove(backupId)],
  ['changing the primary', 'factor.promoted', ({ page, backupId }) => page.promote(backupId)],
  ['a reset', 'factors.reset', ({ admin }) => admin.reset()],
  ["a user's policy", 'user.policy-changed', ({ admin }) => admin.setPolicy('mandatory')],
  ['unlocking', 'user.unlocked', ({ admin }) => admin.unlock()],
  ['erasing a user', 'user.erased', ({ admin }) => admin.erase()],
])('%s is 503 and not done, and done and recorded once when asked again', async (_, type, ask) => {
  const { page, backup } = await withBackup(service);
  const admin = atSettings(service, { ...page.visit, actor: 'boss', bearer: service.keys.panel });
  const around = { page, admin, backupId: await page.idOf(backup) };
  await expectOnce(type, () => ask(around));
});

test('so it is with the policy of an organization', async () => {
  await expectOnce('policy.changed', () =>
    service.call('PUT', '/v1/organizations/new', {
      bearer: service.keys.panel,
      body: { policy: 'mandatory' },
    }),
  );
});

test('so it is with erasing an organization', async () => {
  await service.organization({ policy: 'off' }, 'going');
  await expectOnce('organization.erased', () =>
    service.call('DELETE', '/v1/organizations/going', {
      bearer: service.keys.panel,
      headers: { 'x-actor': 'boss' },
    }),
  );
});

test('so it is with putting an enrolment off', async () => {
  const screen = await signIn(service, { organizationId: 'optional', userId: 'later' });
  await expectOnce('enrolment.skipped', () => screen.skip());
});

async function expectOnce(type: string, ask: () => Promise<Answer>): Promise<void> {
  const [before, recorded] = [await everything(), await entries(type)];
  expect(await whileCut(ask)).toMatchObject(problem(503, 'unavailable'));
  expect([await everything(), await entries(type)]).toEqual([before, recorded]);
  expect((await ask()).status).toBeLessThan(300);
  expect(await entries(type)).toBe(recorded + 1);
}
