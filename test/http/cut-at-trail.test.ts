/** A change and its entry in the trail are one: the connection is cut where the entry is written. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Answer, problem, type Service, signIn, startService } from '../support/service.ts';
import { atSettings, type Page, withBackup } from '../support/settings-page.ts';
import { trailCut } from '../support/trail-cut.ts';

let service: Service;
let trail: Awaited<ReturnType<typeof trailCut>>;

beforeAll(async () => {
  service = await startService();
  await service.organization({ policy: 'mandatory' });
  await service.organization({ policy: 'optional' }, 'optional');
  trail = await trailCut(service);
  await trail.onlooker.query(
    "INSERT INTO webhook_endpoints (client, url, secret) VALUES ('panel', 'https://a.example', 'x')",
  );
});

afterAll(async () => {
  await trail.onlooker.end();
  await service.close();
});

const rowsOf = async (table: string) =>
  (await trail.onlooker.query(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)).rows;

async function everything() {
  const rows = [];
  for (const table of ['organizations', 'users', 'factors', 'devices', 'outbox'])
    rows.push(...(await rowsOf(table)));
  return rows;
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

test('so it is with ending a challenge whose codes are used up', async () => {
  const { user } = await withBackup(service);
  const screen = await user.signIn({ send: false });
  const [primary, backup] = screen.challenge.factors.map(({ id }) => id);
  for (let codes = 0; codes < 5; codes += 1) {
    await service.advance(30_000);
    expect((await screen.send({ factorId: primary })).status).toBe(202);
  }
  const more = () => screen.send({ factorId: backup });
  const recorded = await trail.entries('challenge.cancelled');
  expect(await trail.whileCut(more)).toMatchObject(problem(503, 'unavailable'));
  expect((await screen.look()).body.status).toBe('verify');
  for (let times = 0; times < 2; times += 1)
    expect(await more()).toMatchObject(problem(409, 'challenge-finished'));
  expect(await trail.entries('challenge.cancelled')).toBe(recorded + 1);
});

async function expectOnce(type: string, ask: () => Promise<Answer>): Promise<void> {
  const [before, recorded] = [await everything(), await trail.entries(type)];
  expect(await trail.whileCut(ask)).toMatchObject(problem(503, 'unavailable'));
  expect([await everything(), await trail.entries(type)]).toEqual([before, recorded]);
  expect((await ask()).status).toBeLessThan(300);
  expect(await trail.entries(type)).toBe(recorded + 1);
}
