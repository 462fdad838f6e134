/** Browsers and apps that a user wants remembered: how they come to be, and how they end. */
import { describe, expect, test } from '@jest/globals';
import { eventsOf, query } from '../support/guessing.ts';
import { browserOf, onKnownDevice, remembered } from '../support/known-browser.ts';
import { enrolled, problem, signIn, somebody, useService } from '../support/service.ts';
import { addConfirmed, atSettings, prove } from '../support/settings-page.ts';

const day = 86_400_000;
const service = useService({ replicas: 2 });

const settingsOf = (userId: string, organizationId = 'acme') =>
  atSettings(service, { userId, organizationId });
const devicesOf = async (userId: string, organizationId = 'acme') =>
  (await settingsOf(userId, organizationId).read()).body.knownDevices;

describe('a browser is remembered', () => {
  test('when the user ticked it with the right code: the token is shown once, 43 signs long', async () => {
    const user = await enrolled(service);
    const browser = browserOf(service, user);
    const screen = await browser.signIn();
    expect(screen.challenge.knownDevice).toEqual({ days: 30, recognized: false, remember: false });
    const { body } = await screen.prove({ code: user.heard(), rememberDevice: true });
    expect(body.knownDevice).toEqual({ days: 30, recognized: false, remember: true });
    const { knownDevice } = (await browser.redeem(body.result.token)).body;
    expect(knownDevice.token).toMatch(/^[\w-]{43}$/);
    const lifeMs = Date.parse(knownDevice.expiresAt) - Date.now();
    expect(Math.round(lifeMs / day)).toBe(30);
    const again = await browser.signIn();
    expect(again.challenge.knownDevice).toEqual({ days: 30, recognized: true, remember: false });
  });

  test('when the backend says so, and not when it says otherwise', async () => {
    const user = await enrolled(service);
    const browser = browserOf(service, user);
    expect((await browser.finish(await browser.signIn())).body.knownDevice).toBeNull();
    const asked = await browser.signIn();
    const { body } = await asked.prove({ code: user.heard(), rememberDevice: true });
    const refused = await browser.redeem(body.result.token, { rememberDevice: false });
    expect(refused.body.knownDevice).toBeNull();
    const wanted = await browser.finish(await browser.signIn(), { rememberDevice: true });
    expect(wanted.body.knownDevice).not.toBeNull();
    expect(await devicesOf(user.userId)).toHaveLength(1);
  });

  test('by default again at each login on it, and keeps its token where the backend does not want', async () => {
    const { user, browser } = await onKnownDevice(service);
    const [first] = await devicesOf(user.userId);
    const before = browser.jar.token;
    const kept = await browser.finish(await browser.signIn(), { rememberDevice: false });
    expect(kept.body.knownDevice).toBeNull();
    expect(browser.jar.token).toBe(before);
    expect((await browser.finish(await browser.signIn())).body.knownDevice).not.toBeNull();
    expect(browser.jar.token).not.toBe(before);
    expect(await devicesOf(user.userId)).toMatchObject([{ id: first.id }]);
  });

  test('also when it was ticked at a step before the last', async () => {
    const user = somebody(service);
    const browser = browserOf(service, user);
    const screen = await browser.signIn();
    await screen.addPhone(user.phone);
    const { body: enrolling } = await screen.prove({ code: user.heard(), rememberDevice: true });
    expect(enrolling).toMatchObject({ status: 'enrol', knownDevice: { remember: true } });
    const { body } = await screen.skip();
    expect((await browser.redeem(body.result.token)).body.knownDevice).not.toBeNull();
  });

  test('not without a right code: after a recovery code, or a password alone', async () => {
    const user = await enrolled(service);
    const page = atSettings(service, { userId: user.userId, challengeId: await prove(user) });
    const { codes } = (await page.makeCodes()).body;
    const browser = browserOf(service, user);
    const ticked = { recoveryCode: codes[0], rememberDevice: true };
    const { body } = await (await browser.signIn()).prove(ticked);
    const redeemed = await browser.redeem(body.result.token, { rememberDevice: true });
    expect(redeemed.body).toMatchObject({ amr: ['pwd', 'mfa', 'otp'], knownDevice: null });
    await service.organization({ policy: 'off' }, 'free');
    const free = await signIn(service, { organizationId: 'free' });
    const passed = await browser.redeem(free.challenge.result?.token ?? '', {
      rememberDevice: true,
    });
    expect(passed.body).toMatchObject({ amr: ['pwd'], knownDevice: null });
  });

  test('once for each redemption, however often its answer is lost', async () => {
    const user = await enrolled(service);
    const browser = browserOf(service, user);
    const screen = await browser.signIn();
    const { body } = await screen.enter(user.heard());
    const redeem = () =>
      service.call('POST', '/v1/results/redeem', {
        bearer: service.keys.panel,
        headers: { 'idempotency-key': `again-${user.userId}` },
        body: { token: body.result.token, rememberDevice: true },
      });
    const first = await redeem();
    expect((await redeem()).body).toEqual(first.body);
    await service.redis.flushdb();
    const later = await redeem();
    expect(later.body.knownDevice.token).not.toBe(first.body.knownDevice.token);
    expect(await devicesOf(user.userId)).toHaveLength(1);
  });

  test('of one app after the other, and listed with when it was seen and ends', async () => {
    const { user, browser } = await onKnownDevice(service);
    const [listed, ...others] = await devicesOf(user.userId);
    expect(others).toEqual([]);
    expect(listed).toEqual({
      id: expect.any(String),
      app: 'company-panel',
      createdAt: expect.any(String),
      lastSeenAt: expect.any(String),
      expiresAt: expect.any(String),
    });
    await browser.signIn({ send: false });
    const [later] = await devicesOf(user.userId);
    expect(Date.parse(later.lastSeenAt)).toBeGreaterThan(Date.parse(listed.lastSeenAt));
    expect({ ...later, lastSeenAt: null }).toEqual({ ...listed, lastSeenAt: null });
  });
});

describe('a token that is no good is no error: the challenge is a stranger’s', () => {
  const stranger = { status: 'verify', knownDevice: { recognized: false } };

  test('misspelled, too long, empty, or of another user, client or organization', async () => {
    const { user, browser } = await onKnownDevice(service);
    const token = browser.jar.token ?? '';
    for (const knownDevice of [`${token}x`, token.slice(1), '', 'x'.repeat(9_000), ' ', '\0'])
      expect((await user.signIn({ knownDevice })).challenge).toMatchObject(stranger);
    const other = await enrolled(service);
    expect((await other.signIn({ knownDevice: token })).challenge).toMatchObject(stranger);
    const qaller = { bearer: service.keys.qaller };
    const elsewhere = await user.signIn({ knownDevice: token }, qaller);
    expect(elsewhere.challenge).toMatchObject(stranger);
    expect((await user.signIn({ knownDevice: null })).challenge).toMatchObject(stranger);
    expect((await browser.signIn()).challenge.knownDevice?.recognized).toBe(true);
    for (const knownDevice of [1, true, {}, [token]])
      expect(await service.start({ knownDevice })).toMatchObject(problem(400, 'invalid-request'));
  });

  test('and costs no guess', async () => {
    const { user } = await onKnownDevice(service);
    for (let i = 0; i < 20; i += 1) await user.signIn({ knownDevice: 'A'.repeat(43), send: false });
    expect(
      await query(service, 'SELECT 1 FROM wrong_guesses WHERE user_id = $1', [user.userId]),
    ).toEqual([]);
  });

  test('after its days, which the organization can change, from the last right code on', async () => {
    await service.organization({ policy: 'mandatory', knownDevices: { days: 10 } }, 'ten');
    const { user, browser } = await onKnownDevice(service, { organizationId: 'ten' });
    const recognized = async () => (await browser.signIn()).challenge.knownDevice?.recognized;
    await service.advance(6 * day);
    expect(await recognized()).toBe(true);
    await browser.finish(await browser.signIn());
    await service.advance(6 * day);
    expect(await recognized()).toBe(true);
    await service.advance(5 * day);
    expect(await recognized()).toBe(false);
    expect(await devicesOf(user.userId, 'ten')).toEqual([]);
    await service.organization({ policy: 'mandatory', knownDevices: { days: 20 } }, 'ten');
    expect(await recognized()).toBe(true);
    await service.organization({ policy: 'mandatory', knownDevices: { days: 1 } }, 'ten');
    expect(await recognized()).toBe(false);
  });
});

describe('a known device ends', () => {
  test('when its user or an administrator forgets it, or all of them, and is in the trail', async () => {
    const { user, browser } = await onKnownDevice(service);
    const other = await remembered(service, user);
    const page = settingsOf(user.userId);
    const [first] = await devicesOf(user.userId);
    expect((await page.forgetKnown(first.id)).status).toBe(204);
    expect(await page.forgetKnown(first.id)).toMatchObject(problem(404, 'not-found'));
    expect((await browser.signIn({ send: false })).challenge.knownDevice?.recognized).toBe(false);
    expect((await other.signIn({ send: false })).challenge.knownDevice?.recognized).toBe(true);
    const admin = atSettings(service, {
      userId: user.userId,
      actor: 'boss',
      bearer: service.keys.panel,
    });
    expect((await admin.forgetKnown()).status).toBe(204);
    expect((await admin.forgetKnown()).status).toBe(204);
    expect((await other.signIn()).challenge.knownDevice?.recognized).toBe(false);
    expect(await devicesOf(user.userId)).toEqual([]);
    const events = await eventsOf(service, user.userId, 'known-device');
    expect(events).toMatchObject([
      { type: 'known-device.removed', actor: 'boss', details: { reason: 'forgotten' } },
      { type: 'known-device.removed', actor: user.userId, details: { deviceId: first.id } },
      { type: 'known-device.added', actor: user.userId, app: 'company-panel' },
      { type: 'known-device.added', actor: user.userId, details: { app: 'company-panel' } },
    ]);
  });

  test('in an edit, which goes on also on that device, and lists what is left', async () => {
    const { user, browser } = await onKnownDevice(service);
    const other = await remembered(service, user);
    const headers = { headers: { 'x-actor': user.userId } };
    const edit = await browser.signIn({ purpose: 'edit' }, headers);
    expect((await edit.enter(user.heard())).body.status).toBe('edit');
    const { items } = (await edit.knownDevices()).body;
    expect(items).toEqual(await devicesOf(user.userId));
    expect(items).toHaveLength(2);
    const open = await other.signIn({ send: false });
    expect((await edit.forgetKnown(items[0].id)).status).toBe(204);
    expect(await edit.forgetKnown(items[0].id)).toMatchObject(problem(404, 'not-found'));
    expect((await edit.knownDevices()).body.items).toMatchObject([{ id: items[1].id }]);
    expect((await edit.forgetKnown()).status).toBe(204);
    expect((await edit.knownDevices()).body).toEqual({ items: [], nextCursor: null });
    expect((await open.look()).body).toMatchObject({ status: 'cancelled', endReason: 'withdrawn' });
    expect((await edit.done()).body.status).toBe('approved');
    const events = await eventsOf(service, user.userId, 'known-device.removed');
    expect(events).toMatchObject(
      Array(2).fill({ actor: user.userId, challengeId: edit.challenge.id }),
    );
  });

  test('by nobody else’s hand', async () => {
    const { user } = await onKnownDevice(service);
    const [mine] = await devicesOf(user.userId);
    const stranger = { userId: user.userId, actor: 'somebody' };
    for (const id of [undefined, mine.id])
      expect(await atSettings(service, stranger).forgetKnown(id)).toMatchObject(
        problem(403, 'actor-not-owner'),
      );
    const other = await enrolled(service);
    expect(await settingsOf(other.userId).forgetKnown(mine.id)).toMatchObject(
      problem(404, 'not-found'),
    );
    expect(await devicesOf(user.userId)).toHaveLength(1);
  });

  test('when a sixth is remembered: the one unused the longest makes room', async () => {
    const { user, browser: first } = await onKnownDevice(service);
    const others = [];
    for (let i = 0; i < 4; i += 1) others.push(await remembered(service, user));
    await first.signIn({ send: false });
    await remembered(service, user);
    expect(await devicesOf(user.userId)).toHaveLength(5);
    expect((await first.signIn({ send: false })).challenge.knownDevice?.recognized).toBe(true);
    expect((await others[0]?.signIn({ send: false }))?.challenge.knownDevice?.recognized).toBe(
      false,
    );
    expect((await others[1]?.signIn({ send: false }))?.challenge.knownDevice?.recognized).toBe(
      true,
    );
    const [event] = await eventsOf(service, user.userId, 'known-device.removed');
    expect(event).toMatchObject({ details: { reason: 'too-many' } });
  });

  test('all of a user when a factor is added or removed, and at a reset', async () => {
    const { user, browser } = await onKnownDevice(service);
    const page = atSettings(service, { userId: user.userId, challengeId: await prove(user) });
    const { phone } = somebody(service);
    const recognized = async (one = browser) =>
      (await one.signIn({ send: false })).challenge.knownDevice?.recognized;
    await addConfirmed(service, page, phone);
    expect(await recognized()).toBe(false);
    const second = await remembered(service, user);
    expect(await recognized(second)).toBe(true);
    await page.remove(await page.idOf(phone));
    expect(await recognized(second)).toBe(false);
    const third = await remembered(service, user);
    const admin = { userId: user.userId, actor: 'boss', bearer: service.keys.panel };
    await atSettings(service, admin).reset();
    expect(await devicesOf(user.userId)).toEqual([]);
    expect((await third.signIn()).challenge).toMatchObject({
      status: 'enrol',
      knownDevice: { recognized: false },
    });
    const events = await eventsOf(service, user.userId, 'known-device.removed');
    expect(events.map((event: { details: object }) => event.details)).toMatchObject(
      Array(3).fill({ reason: 'factors-changed' }),
    );
  });

  test('all of an organization with 0 days, for good', async () => {
    const organization = (days: number) =>
      service.organization({ policy: 'mandatory', knownDevices: { days } }, 'zero');
    await organization(30);
    const { user, browser } = await onKnownDevice(service, { organizationId: 'zero' });
    const open = await browser.signIn({ send: false });
    await organization(0);
    expect((await browser.signIn()).challenge.knownDevice).toBeNull();
    expect((await open.look()).body).toMatchObject({ status: 'cancelled', endReason: 'withdrawn' });
    const wanted = await browser.finish(await user.signIn(), { rememberDevice: true });
    expect(wanted.body.knownDevice).toBeNull();
    await organization(30);
    expect((await browser.signIn()).challenge.knownDevice?.recognized).toBe(false);
    expect(await devicesOf(user.userId, 'zero')).toEqual([]);
    const anew = await remembered(service, user);
    expect((await anew.signIn()).challenge.knownDevice?.recognized).toBe(true);
  });

  test('with its open challenges, which nothing opens any more', async () => {
    const { user, browser } = await onKnownDevice(service);
    const screen = await browser.signIn();
    const [stranger, code] = [await user.signIn({ send: false }), user.heard()];
    await settingsOf(user.userId).forgetKnown();
    const withdrawn = { status: 'cancelled', endReason: 'withdrawn', code: null, accepts: [] };
    expect((await screen.look({ replica: 1 })).body).toMatchObject(withdrawn);
    for (const answer of [await screen.enter(code), await screen.send(), await screen.skip()])
      expect(answer).toMatchObject(problem(409, 'challenge-finished'));
    expect((await stranger.look()).body.status).toBe('verify');
  });

  test('but not the challenge that ended it', async () => {
    const user = somebody(service);
    const first = await user.signIn();
    await first.addPhone(user.phone);
    await first.enter(user.heard());
    const browser = browserOf(service, user);
    await browser.redeem((await first.skip()).body.result.token, { rememberDevice: true });
    await query(service, 'UPDATE users SET backup_skipped_at = NULL WHERE id = $1', [user.userId]);
    const screen = await browser.signIn();
    const other = await browser.signIn({ send: false });
    await screen.enter(user.heard());
    const backup = somebody(service);
    expect((await screen.addPhone(backup.phone)).status).toBe(201);
    const { body } = await screen.enter(backup.heard());
    expect(body).toMatchObject({ status: 'approved', knownDevice: { recognized: false } });
    expect((await other.look()).body).toMatchObject({ status: 'cancelled' });
    expect((await browser.redeem(body.result.token)).body.knownDevice).not.toBeNull();
    expect((await browser.signIn()).challenge.knownDevice?.recognized).toBe(true);
    expect(await devicesOf(user.userId)).toHaveLength(1);
  });
});
