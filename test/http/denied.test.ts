/** "It was not me": a 9 in the call, or a button in the push. It ends the lane that the code was sent in. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { textsFor } from '../../src/adapters/channels/messages/index.ts';
import { editing } from '../support/edits.ts';
import { digitsSaid } from '../support/fakes/twilio.ts';
import { query } from '../support/guessing.ts';
import { callTo } from '../support/key-first.ts';
import { onKnownDevice } from '../support/known-browser.ts';
import { type Answer, enrolled, problem, somebody, useService } from '../support/service.ts';
import { atSettings, owner } from '../support/settings-page.ts';

const service = useService({ replicas: 2, env: { PUBLIC_URL: 'https://2fa.example' } });

const minutes = (count: number) => count * 60_000;
const denied = { status: 'cancelled', endReason: 'denied', code: null, accepts: [], result: null };

const press = (phone: string, key = '9', replica = 0) =>
  callTo(service, phone).press(key, undefined, replica);

const deny = (token: unknown, headers: Record<string, string> = {}, replica = 0): Promise<Answer> =>
  service.call('POST', '/v1/challenge/deny', { body: { token }, headers, replica });

const redeem = (token: string, headers: Record<string, string> = {}) =>
  service.call('POST', '/v1/results/redeem', {
    bearer: service.keys.panel,
    body: { token },
    headers,
  });

async function eventsOf(userId: string, type = 'challenge.denied') {
  const path = `/v1/organizations/acme/events?userId=${userId}`;
  const { body } = await service.call('GET', path, { bearer: service.keys.panel });
  return body.items.filter((event: { type: string }) => event.type === type);
}

const alertsOf = (userId: string) =>
  query(service, "SELECT 1 FROM outbox WHERE payload->'data'->>'userId' = $1", [userId]);

/** A user with the app as their only factor, and the last `denyToken` that it got. */
async function appUser() {
  const user = somebody(service);
  const device = { id: 'd-1', platform: 'ios', pushToken: `denier-${user.userId}` };
  const first = await user.signIn({ device });
  await first.addPush();
  await first.enter(service.google.codeFor(device.pushToken));
  await first.skip();
  const last = () =>
    service.google.requests.findLast(
      ({ body }) => body.message.token === device.pushToken && body.message.data.code,
    );
  const heard = () => service.google.codeFor(device.pushToken);
  return {
    ...user,
    heard,
    pushToken: device.pushToken,
    token: () => last()?.body.message.data.denyToken ?? '',
  };
}

describe('a 9 in the call', () => {
  test('ends all that is open in the strangers’ lane, on every replica', async () => {
    const user = await enrolled(service);
    const screens = [];
    for (const replica of [0, 1, 0]) screens.push(await user.signIn({}, { replica }));
    const answer = await press(user.phone, '9', 1);
    expect(answer).toMatchObject({ status: 200, twiml: expect.stringContaining('gestopt') });
    for (const screen of screens) {
      expect((await screen.look()).body).toMatchObject(denied);
      expect(await screen.enter(user.heard())).toMatchObject(problem(409, 'challenge-finished'));
      expect(await screen.send()).toMatchObject(problem(409, 'challenge-finished'));
    }
    const [event, ...more] = await eventsOf(user.userId);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      actor: null,
      challengeId: screens[2]?.challenge.id,
      details: { method: 'call', confirms: false, ended: 2 },
    });
    expect(await eventsOf(user.userId, 'challenge.cancelled')).toHaveLength(2);
  });

  test('is heard at once by a screen that waits at another replica', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const { headers } = await screen.look();
    const waiting = service.call('GET', '/v1/challenge?wait=25', {
      bearer: screen.token,
      headers: { 'if-none-match': headers['etag'] },
    });
    await press(user.phone, '9', 1);
    expect((await waiting).body).toMatchObject(denied);
  });

  test('holds back codes in that lane for 15 minutes, and says why', async () => {
    const user = await enrolled(service);
    await user.signIn();
    await press(user.phone);
    const next = await user.signIn();
    const hint = next.challenge.factors[0]?.hint;
    expect(next.challenge).toMatchObject({
      status: 'verify',
      code: null,
      noCode: { reason: 'denied', hint },
    });
    const { retryAt } = next.challenge.noCode ?? {};
    const waitMs = Date.parse(retryAt ?? '') - Date.parse(next.challenge.now);
    expect(waitMs).toBeGreaterThan(minutes(14.5));
    expect(waitMs).toBeLessThanOrEqual(minutes(15));
    const asked = await next.send();
    expect(asked).toMatchObject(problem(429, 'too-many-requests'));
    expect(Number(asked.headers['retry-after'])).toBeGreaterThan(14 * 60);
    expect((await next.look()).body.noCode.reason).toBe('denied');
    await service.advance(minutes(8));
    expect(await (await user.signIn({ send: false })).send()).toMatchObject(
      problem(429, 'too-many-requests'),
    );
    await service.advance(minutes(7));
    expect((await user.signIn()).challenge.code).not.toBeNull();
  });

  test('leaves other users alone', async () => {
    const [user, other] = [await enrolled(service), await enrolled(service)];
    const screen = await other.signIn();
    await user.signIn();
    await press(user.phone);
    expect((await screen.look()).body.status).toBe('verify');
    expect((await screen.enter(other.heard())).body.status).toBe('approved');
  });

  test('is lifted by an administrator’s unlock', async () => {
    const user = await enrolled(service);
    await user.signIn();
    await press(user.phone);
    const admin = { userId: user.userId, actor: 'admin', bearer: service.keys.panel };
    expect((await atSettings(service, admin).unlock()).status).toBe(204);
    const screen = await user.signIn();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('still lets a recovery code in', async () => {
    const { user, page } = await owner(service);
    const { codes } = (await page.makeCodes()).body;
    await user.signIn();
    await press(user.phone);
    const screen = await user.signIn();
    expect((await screen.prove({ recoveryCode: codes[0] })).body.status).toBe('approved');
  });

  test('alerts the owner, and notifies their devices', async () => {
    const user = await enrolled(service);
    const device = { id: 'd-1', platform: 'ios', pushToken: `alerted-${user.userId}` };
    const first = await user.signIn({ device });
    await first.enter(user.heard());
    await user.signIn();
    await press(user.phone);
    const text = textsFor('nl').notices['challenge-denied']('');
    await service.google.until(() =>
      service.google.requests.some(
        ({ body }) =>
          body.message.token === device.pushToken && body.message.notification.body === text,
      ),
    );
    expect(await (await service.call('GET', '/metrics')).body).toMatch(
      /doublecheck_events_total\{type="challenge.denied"\} [1-9]/,
    );
  });

  test('ends an edit, with what it could change', async () => {
    const user = await enrolled(service);
    const screen = await editing(user);
    await user.signIn();
    await press(user.phone);
    expect((await screen.look()).body).toMatchObject({ ...denied, edit: null });
    expect(await screen.makeCodes()).toMatchObject(problem(409, 'challenge-finished'));
  });

  test('after the login is over still ends it, whatever it came to', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    await screen.cancel();
    const other = await user.signIn();
    const { press: pressFirst } = callTo(service, user.phone);
    expect((await pressFirst('9')).status).toBe(200);
    expect((await other.look()).body).toMatchObject(denied);
  });
});

describe('another key', () => {
  test('says the code again, and how to say that it was somebody else', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const { twiml } = await press(user.phone, '5');
    expect(digitsSaid(twiml)).toEqual({ first: user.heard(), again: user.heard() });
    expect(twiml).toContain('<Gather');
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });
});

describe('what the denied challenge came to is worthless', () => {
  test('its result, that nobody redeemed', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const approved = (await screen.enter(user.heard())).body;
    await press(user.phone);
    expect(await redeem(approved.result.token)).toMatchObject(problem(422, 'result-invalid'));
    const { id } = approved;
    const found = await service.call('GET', `/v1/challenges/${id}`, { bearer: service.keys.panel });
    expect(found.body).toMatchObject(denied);
  });

  test('its proof for changes of factors', async () => {
    const { user, page } = await owner(service);
    await service.advance(1_000);
    const screen = await user.signIn({ purpose: 'step-up' });
    const { id } = (await screen.enter(user.heard())).body;
    await press(user.phone);
    const denier = atSettings(service, { ...page.visit, challengeId: id });
    expect(await denier.makeCodes()).toMatchObject(problem(403, 'step-up-required'));
    expect((await page.makeCodes()).status).toBe(201);
  });

  test('a result that was redeemed stays so, once', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const { token } = (await screen.enter(user.heard())).body.result;
    const once = { 'idempotency-key': randomUUID() };
    expect((await redeem(token, once)).status).toBe(200);
    await press(user.phone);
    expect((await redeem(token, once)).status).toBe(200);
    expect(await redeem(token)).toMatchObject(problem(409, 'result-already-redeemed'));
  });

  test('and of other challenges, only what is open', async () => {
    const user = await enrolled(service);
    const other = await user.signIn();
    const { token } = (await other.enter(user.heard())).body.result;
    await user.signIn();
    await press(user.phone);
    expect((await redeem(token)).status).toBe(200);
  });
});

describe('a number that is not confirmed yet', () => {
  test('ends only that challenge, and gets no call to confirm it for a day', async () => {
    const [user, stranger] = [await enrolled(service), somebody(service)];
    const open = await user.signIn();
    const { page } = await owner(service);
    const added = (await page.add(stranger.phone)).body;
    const mistyped = await somebody(service).signIn();
    await service.advance(minutes(1));
    expect((await mistyped.addPhone(stranger.phone)).status).toBe(201);
    await press(stranger.phone);
    expect((await mistyped.look()).body).toMatchObject(denied);
    const still = await service.call('GET', '/v1/challenge', { bearer: added.challengeToken });
    expect(still.body.status).toBe('verify');
    expect((await open.look()).body.status).toBe('verify');
    expect(await page.add(stranger.phone)).toMatchObject(problem(429, 'too-many-requests'));
    expect((await page.add(somebody(service).phone)).status).toBe(201);
    await service.advance(minutes(24 * 60));
    const later = await somebody(service).signIn();
    expect((await later.addPhone(stranger.phone)).status).toBe(201);
  });

  test('holds back no other code of that user, and is in the trail', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    await screen.addPhone(somebody(service).phone);
    await screen.addPhone(user.phone);
    await press(user.phone);
    const [event] = await eventsOf(user.userId);
    expect(event.details).toEqual({ method: 'call', confirms: true, ended: 0 });
    const next = await user.signIn();
    expect((await next.addPhone(somebody(service).phone)).status).toBe(201);
  });

  test('of which its owner makes a factor elsewhere, still gets their codes', async () => {
    const user = await enrolled(service);
    await service.advance(minutes(1));
    const mistyped = await somebody(service).signIn();
    await mistyped.addPhone(user.phone);
    await press(user.phone);
    await service.advance(minutes(1));
    const screen = await user.signIn();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });
});

describe('in the lane of a known device', () => {
  const devicesOf = async (userId: string) =>
    (await atSettings(service, { userId }).read()).body.knownDevices;

  test('it ends that lane, and the device is forgotten', async () => {
    const { user, browser } = await onKnownDevice(service);
    await service.advance(minutes(1));
    const stranger = await user.signIn({ send: false });
    const screens = [await browser.signIn(), await browser.signIn()];
    await press(user.phone);
    for (const screen of screens) expect((await screen.look()).body).toMatchObject(denied);
    expect((await stranger.look()).body.status).toBe('verify');
    expect(await devicesOf(user.userId)).toEqual([]);
    await service.advance(minutes(1));
    expect((await browser.signIn()).challenge).toMatchObject({
      knownDevice: { recognized: false },
      code: { method: 'call' },
    });
  });

  test('a denial among strangers leaves the device and its lane alone', async () => {
    const { user, browser } = await onKnownDevice(service);
    await service.advance(minutes(1));
    const screen = await browser.signIn();
    await service.advance(minutes(1));
    await user.signIn();
    await press(user.phone);
    expect((await screen.look()).body.status).toBe('verify');
    expect(await devicesOf(user.userId)).toHaveLength(1);
    await service.advance(minutes(1));
    await screen.send();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });
});

describe('the token of a push', () => {
  test('denies its challenge, repeated too, and is in the trail once', async () => {
    const user = await appUser();
    const screen = await user.signIn();
    for (const replica of [0, 1, 0])
      expect((await deny(user.token(), {}, replica)).status).toBe(204);
    expect((await screen.look()).body).toMatchObject(denied);
    expect(await eventsOf(user.userId)).toMatchObject([{ details: { method: 'push' } }]);
    expect((await user.signIn()).challenge.noCode?.reason).toBe('denied');
  });

  test('of a code that was replaced denies it as well', async () => {
    const user = await appUser();
    const screen = await user.signIn();
    const first = user.token();
    await service.advance(30_000);
    await screen.send();
    expect(user.token()).not.toBe(first);
    expect((await deny(first)).status).toBe(204);
    expect((await screen.look()).body).toMatchObject(denied);
  });

  test('takes an idempotency key', async () => {
    const user = await appUser();
    await user.signIn();
    const once = { 'idempotency-key': randomUUID() };
    expect((await deny(user.token(), once)).status).toBe(204);
    const again = await deny(user.token(), once);
    expect(again).toMatchObject({ status: 204, headers: { 'idempotency-replayed': 'true' } });
  });

  test('many times at once is one denial', async () => {
    const user = await appUser();
    await user.signIn();
    const many = Array.from({ length: 20 }, (_, i) => deny(user.token(), {}, i % 2));
    for (const { status } of await Promise.all(many)) expect([204, 503]).toContain(status);
    expect(await eventsOf(user.userId)).toHaveLength(1);
  });

  test('after the challenge’s life opens nothing', async () => {
    const user = await appUser();
    await user.signIn();
    const token = user.token();
    await service.advance(minutes(10));
    const screen = await user.signIn();
    expect(await deny(token)).toMatchObject(problem(401, 'challenge-expired'));
    expect((await screen.look()).body.status).toBe('verify');
  });

  test('of the app that is being set up ends only that challenge', async () => {
    const user = await enrolled(service);
    const device = { id: 'd-2', platform: 'ios', pushToken: `set-up-${user.userId}` };
    const newcomer = somebody(service);
    const screen = await newcomer.signIn({ device });
    await screen.addPush();
    const { denyToken } = service.google.requests.at(-1)?.body.message.data ?? {};
    expect((await deny(denyToken)).status).toBe(204);
    expect((await screen.look()).body).toMatchObject(denied);
    expect((await newcomer.signIn()).challenge.status).toBe('enrol');
  });
});

test('alerts of a denial go to the clients’ webhooks', async () => {
  await query(
    service,
    "INSERT INTO webhook_endpoints (client, url, secret) VALUES ('x', 'https://x.example', 's')",
  );
  const user = await enrolled(service);
  const before = (await alertsOf(user.userId)).length;
  await user.signIn();
  await press(user.phone);
  await press(user.phone);
  expect(await alertsOf(user.userId)).toHaveLength(before + 1);
  await query(service, 'DELETE FROM webhook_endpoints');
});
