/** "Alleen toegankelijk voor de gebruiker die zichzelf inlogt": who may. */
import { describe, expect, test } from '@jest/globals';
import { type Answer, enrolled, problem, somebody, useService } from '../support/service.ts';
import { atSettings, owner, type Page, prove, withBackup } from '../support/settings-page.ts';

const service = useService();

const noId = '00000000-0000-4000-8000-000000000000';

/** Every call about one user that the user may make. */
const ownCalls: [name: string, call: (page: Page) => Promise<Answer>][] = [
  ['reading the user', (page) => page.read()],
  ['reading the list', (page) => page.list()],
  ['adding a phone', (page) => page.add('06 12345678')],
  ['adding Qaller', (page) => page.addPush()],
  ['choosing the primary', (page) => page.promote(noId)],
  ['removing a method', (page) => page.remove(noId)],
  ['telling of a new password', (page) => page.passwordChanged()],
  ['refreshing a device', (page) => page.refresh('d-1', 'a-token')],
  ['forgetting a device', (page) => page.forget('d-1')],
];

const adminCalls: typeof ownCalls = [
  ['setting a policy', (page) => page.setPolicy('mandatory')],
  ['the reset', (page) => page.reset()],
  ['unlocking', (page) => page.unlock()],
  ['erasing', (page) => page.erase()],
];

describe('who is at the keyboard', () => {
  test.each([...ownCalls, ...adminCalls])('has to be told: %s', async (_name, call) => {
    const page = atSettings(service, { userId: '42', actor: null, bearer: service.keys.panel });
    const named = { errors: [{ pointer: '/x-actor' }] };
    expect(await call(page)).toMatchObject(problem(400, 'invalid-request', named));
  });

  test.each(ownCalls)('is nobody but the user: %s', async (_name, call) => {
    const { user, challengeId } = await owner(service);
    const as = (userId: string) => atSettings(service, { userId, actor: 'boss', challengeId });
    const refused = await call(as(user.userId));
    expect(refused).toMatchObject(problem(403, 'actor-not-owner'));
    const unseen = await call(as('never-seen'));
    const { instance } = refused.body;
    expect({ ...unseen.body, instance }).toEqual(refused.body);
  });

  test.each(adminCalls)('does not matter to a client that is no admin: %s', async (_name, call) => {
    const page = atSettings(service, { userId: '42' });
    expect(await call(page)).toMatchObject(problem(403, 'forbidden'));
  });

  test('is distinguished also when ids contain more than letters', async () => {
    const userId = 'Zoë 😀';
    const actor = Buffer.from(userId).toString('latin1');
    expect((await atSettings(service, { userId, actor }).list()).status).toBe(200);
    const other = atSettings(service, { userId: 'Zoé 😀', actor });
    expect(await other.list()).toMatchObject(problem(403, 'actor-not-owner'));
  });
});

describe('an administrator who acts for someone else', () => {
  /** The settings of someone with two phones, as a client with scope `admin` sees them. */
  async function asAdmin() {
    const { user, page, backup } = await withBackup(service);
    const { userId } = user;
    const admin = atSettings(service, { userId, actor: 'boss', bearer: service.keys.panel });
    return { user, page, backup, admin };
  }

  test('may read, remove, reset and unlock, and needs no challenge for it', async () => {
    const { user, page, backup, admin } = await asAdmin();
    expect((await admin.read()).body).toMatchObject({ enrolled: true });
    expect((await admin.list()).body.items[1]).toMatchObject({ phoneNumber: backup });
    expect((await admin.unlock()).status).toBe(204);
    expect((await admin.remove(await page.idOf(backup))).status).toBe(204);
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [] });
    expect((await admin.reset()).status).toBe(204);
    expect(await page.numbers()).toEqual({ secondary: [] });
    expect((await user.signIn()).challenge).toMatchObject({ status: 'enrol', factors: [] });
  });

  test('may not remove the last one where the policy is mandatory: the reset is for that', async () => {
    const { page, user } = await owner(service);
    const admin = atSettings(service, { ...page.visit, actor: 'boss', bearer: service.keys.panel });
    const refused = await admin.remove(await page.idOf(user.phone));
    expect(refused).toMatchObject(problem(409, 'last-factor'));
    expect((await admin.reset()).status).toBe(204);
  });

  test('may never add a method, choose the primary or give a device another token', async () => {
    const { user, page, backup, admin } = await asAdmin();
    const device = { id: 'd-1', platform: 'ios', pushToken: `token-of-${user.userId}` };
    await prove(user, { device });
    const calls = service.twilio.requests.length;
    const refused = problem(403, 'actor-not-owner');
    expect(await admin.add(somebody(service).phone)).toMatchObject(refused);
    expect(await admin.addPush()).toMatchObject(refused);
    expect(await admin.promote(await page.idOf(backup))).toMatchObject(refused);
    expect(await admin.refresh('d-1', 'token-of-the-boss')).toMatchObject(refused);
    expect(service.twilio.requests).toHaveLength(calls);
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [backup] });
  });

  test('resets a login under way too: its token opens nothing any more', async () => {
    const { user, admin } = await asAdmin();
    const login = await user.signIn();
    await admin.reset();
    expect(await login.enter(user.heard())).toMatchObject(problem(401, 'challenge-expired'));
  });
});

test('what is not the user’s is answered as what is not there', async () => {
  const { page } = await withBackup(service);
  const stranger = await enrolled(service);
  const foreign = await atSettings(service, stranger).idOf(stranger.phone);
  for (const attempt of [page.promote, page.remove]) {
    const [theirs, nobodys] = [await attempt(foreign), await attempt(noId)];
    expect(theirs).toMatchObject(problem(404, 'not-found'));
    const { instance } = theirs.body;
    expect({ ...nobodys.body, instance }).toEqual(theirs.body);
  }
});
