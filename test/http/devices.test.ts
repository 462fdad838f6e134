/** Devices: what makes one receive codes, and what stops it. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { atScreen, enrolled, problem, somebody, useService } from '../support/service.ts';
import { addConfirmed, atSettings, prove } from '../support/settings-page.ts';

const service = useService();
beforeAll(() => service.organization({ policy: 'optional' }, 'optional'));

let devices = 0;

function aDevice() {
  devices += 1;
  return { id: `device-${devices}`, platform: 'android', pushToken: `push-token-${devices}` };
}

const onQaller = (device: object) => ({ app: { name: 'qaller', version: '3.2.0' }, device });
const codeOn = (pushToken: string) => service.google.codeFor(pushToken);
type Person = ReturnType<typeof somebody> & { organizationId: string };

const addressOf = ({ userId, organizationId }: Person) => ({ userId, organizationId });
const pageOf = ({ userId }: { userId: string }, actor = userId, bearer = service.keys.users) =>
  atSettings(service, { userId, actor, bearer });
const devicesOf = async (user: { userId: string }): Promise<string[]> =>
  (await pageOf(user).read()).body.devices.map(({ id }: { id: string }) => id);

/** The devices that are sent the code of a new login. */
async function reached(user: { signIn: () => Promise<unknown> }): Promise<string[]> {
  const before = service.google.requests.length;
  await user.signIn();
  const sent = service.google.requests.slice(before).map(({ body }) => body.message);
  return sent.filter(({ data }) => data.code).map(({ token }) => token);
}

const asAdmin = (user: Person) =>
  atSettings(service, { ...addressOf(user), actor: 'boss', bearer: service.keys.panel });

/** What the trail has of someone's devices, oldest first. */
async function trailOf({ userId }: { userId: string }) {
  const url = `/v1/organizations/acme/events?limit=100&userId=${userId}`;
  const { body } = await service.call('GET', url, { bearer: service.keys.panel });
  const events: { type: string }[] = body.items;
  return events.filter(({ type }) => type.startsWith('device.')).reverse();
}

/** The page of someone who just entered a code that reached their device. */
async function proved(user: Person, { pushToken }: { pushToken: string }) {
  const challengeId = await prove({ ...user, heard: () => codeOn(pushToken) });
  return atSettings(service, { ...addressOf(user), challengeId });
}

/** Someone whose one method is Qaller, on one device. */
async function withQaller(organizationId = 'acme') {
  const user = { ...somebody(service, { organizationId }), organizationId };
  const device = aDevice();
  const screen = await user.signIn(onQaller(device));
  await screen.addPush();
  await screen.enter(codeOn(device.pushToken));
  await screen.skip();
  return { user, device, page: atSettings(service, addressOf(user)) };
}

/** Signs in on a further device, with the code that reaches the first. */
async function signInOn(user: ReturnType<typeof somebody>, device: object, codeAt: string) {
  const screen = await user.signIn(onQaller(device));
  const { body } = await screen.enter(codeOn(codeAt));
  expect(body.status).toBe('approved');
}

describe('a device sent along with a challenge', () => {
  test('is known after an approved login, by any method', async () => {
    const user = somebody(service);
    const device = aDevice();
    const screen = await user.signIn(onQaller(device));
    await screen.addPhone(user.phone);
    await screen.enter(user.heard());
    await screen.skip();
    expect(await devicesOf(user)).toEqual([device.id]);
  });

  test('is not known when a phone was confirmed in it and the login then broken off', async () => {
    const user = somebody(service);
    const screen = await user.signIn(onQaller(aDevice()));
    await screen.addPhone(user.phone);
    await screen.enter(user.heard());
    expect(await devicesOf(user)).toEqual([]);
    await screen.cancel();
    expect(await devicesOf(user)).toEqual([]);
  });

  test('is known as soon as it is the method that was set up', async () => {
    const user = somebody(service);
    const device = aDevice();
    const screen = await user.signIn(onQaller(device));
    await screen.addPush();
    expect(await devicesOf(user)).toEqual([]);
    await screen.enter(codeOn(device.pushToken));
    expect(await devicesOf(user)).toEqual([device.id]);
  });

  test('of a step-up is known once that is approved', async () => {
    const { user, device } = await withQaller();
    const other = aDevice();
    const screen = await user.signIn({ purpose: 'step-up', device: other });
    expect(await devicesOf(user)).toEqual([device.id]);
    await screen.enter(codeOn(device.pushToken));
    expect(await devicesOf(user)).toEqual([device.id, other.id]);
  });

  test('is not known when the login is broken off, or its code wrong', async () => {
    const { user, device } = await withQaller();
    const screen = await user.signIn(onQaller(aDevice()));
    const digit = codeOn(device.pushToken)?.startsWith('0') ? '1' : '0';
    expect((await screen.enter(digit.repeat(4))).status).toBe(422);
    await screen.cancel();
    expect(await devicesOf(user)).toEqual([device.id]);
  });
});

describe('a new push token', () => {
  test('of a known device gets the codes, and the old one none', async () => {
    const { user, device, page } = await withQaller();
    const answer = await page.refresh(device.id, 'refreshed-token', device.pushToken);
    const body = { id: device.id, platform: 'android', waiting: false };
    expect(answer).toMatchObject({ status: 200, body });
    expect(await reached(user)).toEqual(['refreshed-token']);
    const again = await page.refresh(device.id, 'refreshed-token', device.pushToken);
    expect(again).toMatchObject({ status: 200, body });
  });

  test('that comes alone waits: an API key does not get at the codes', async () => {
    const { user, device, page } = await withQaller();
    const body = { id: device.id, platform: 'android', waiting: true };
    for (const previous of [undefined, 'not-the-right-one'])
      expect(await page.refresh(device.id, 'a-thiefs-token', previous)).toMatchObject({
        status: 200,
        body,
      });
    expect((await page.read()).body.devices).toEqual([{ ...body, reachable: true }]);
    expect(await reached(user)).toEqual([device.pushToken]);
    await signInOn(user, aDevice(), device.pushToken);
    expect(await reached(user)).not.toContain('a-thiefs-token');
  });

  test('that waits is in use once a challenge from the device is approved', async () => {
    const { user, device, page } = await withQaller();
    const pushToken = `${device.pushToken}-new`;
    await page.refresh(device.id, pushToken);
    await signInOn(user, { ...device, pushToken }, device.pushToken);
    expect((await page.read()).body.devices).toMatchObject([{ waiting: false }]);
    expect(await reached(user)).toEqual([pushToken]);
  });

  test('and a device that is added are in the trail, with their client', async () => {
    const { user, device, page } = await withQaller();
    const other = { ...aDevice(), platform: 'ios' };
    await signInOn(user, other, device.pushToken);
    await page.refresh(other.id, `${other.pushToken}-alone`);
    await page.refresh(other.id, `${other.pushToken}-new`, other.pushToken);
    expect(await trailOf(user)).toMatchObject([
      { type: 'device.added', client: 'company-panel', details: { deviceId: device.id } },
      { type: 'device.added', details: { deviceId: other.id, platform: 'ios' } },
      { type: 'device.refreshed', actor: user.userId, details: { waiting: true } },
      { type: 'device.refreshed', actor: user.userId, details: { deviceId: other.id } },
    ]);
  });

  test('of a device that is not known is refused, and makes none', async () => {
    const { user, device, page } = await withQaller();
    const unknown = problem(404, 'not-found');
    expect(await page.refresh('unheard-of', 'new-token')).toMatchObject(unknown);
    expect(await pageOf({ userId: 'unseen' }).refresh('d-1', 'new-token')).toMatchObject(unknown);
    expect(await reached(user)).toEqual([device.pushToken]);
  });

  test('of a device of someone else is refused as if that were not there', async () => {
    const { device } = await withQaller();
    const { page } = await withQaller();
    const theirs = await page.refresh(device.id, 'new-token');
    const nobodys = await page.refresh('unheard-of', 'new-token');
    const { instance } = theirs.body;
    expect(theirs).toMatchObject(problem(404, 'not-found'));
    expect({ ...nobodys.body, instance }).toEqual(theirs.body);
  });

  test('that was another user’s leaves that one: one app is signed in by one person', async () => {
    const first = await withQaller();
    const second = await withQaller();
    const { device, page } = second;
    await page.refresh(device.id, first.device.pushToken, device.pushToken);
    expect(await reached(second.user)).toEqual([first.device.pushToken]);
    expect(await reached(first.user)).toEqual([]);
    expect((await first.page.read()).body.devices).toMatchObject([{ reachable: false }]);
    expect((await trailOf(first.user)).at(-1)).toMatchObject({
      type: 'device.unreachable',
      actor: null,
      client: null,
    });
  });

  test.each(['', 'with space', 'with\nline', 'x'.repeat(4097)])('is no %j', async (token) => {
    const { device, page } = await withQaller();
    const refused = problem(400, 'invalid-request', { errors: [{ pointer: '/pushToken' }] });
    expect(await page.refresh(device.id, token)).toMatchObject(refused);
  });
});

describe('a device that is forgotten', () => {
  test('gets no code any more, the others do', async () => {
    const { user, device, page } = await withQaller();
    const other = aDevice();
    await signInOn(user, other, device.pushToken);
    expect((await reached(user)).sort()).toEqual([device.pushToken, other.pushToken].sort());
    expect(await page.forget(device.id)).toMatchObject({ status: 204, body: '' });
    expect(await reached(user)).toEqual([other.pushToken]);
    expect(await devicesOf(user)).toEqual([other.id]);
  });

  test('may be forgotten by an administrator too', async () => {
    const { user, device } = await withQaller();
    const other = aDevice();
    await signInOn(user, other, device.pushToken);
    expect((await asAdmin(user).forget(device.id)).status).toBe(204);
    expect(await reached(user)).toEqual([other.pushToken]);
  });

  test('is not found again', async () => {
    const { user, device, page } = await withQaller();
    await signInOn(user, aDevice(), device.pushToken);
    await page.forget(device.id);
    const gone = problem(404, 'not-found');
    expect(await page.forget(device.id)).toMatchObject(gone);
    expect(await page.refresh(device.id, 'new-token')).toMatchObject(gone);
  });
});

describe('the last device that push reaches', () => {
  test('is not forgotten without a second factor, nor where the last factor has to stay', async () => {
    const { user, device, page } = await withQaller();
    expect(await page.forget(device.id)).toMatchObject(problem(403, 'step-up-required'));
    const last = problem(409, 'last-factor');
    expect(await (await proved(user, device)).forget(device.id)).toMatchObject(last);
    expect(await asAdmin(user).forget(device.id)).toMatchObject(last);
    expect(await reached(user)).toEqual([device.pushToken]);
  });

  test('may go where there is a phone too, and push stays for the next one', async () => {
    const { user, device } = await withQaller();
    const page = await proved(user, device);
    await addConfirmed(service, page, user.phone);
    expect((await page.forget(device.id)).status).toBe(204);
    const factors = [{ method: 'push', devices: 0, hint: 'Qaller (0)' }, { method: 'call' }];
    expect((await page.read()).body).toMatchObject({ factors, devices: [] });
    const { challenge, ...screen } = await user.signIn(onQaller(aDevice()));
    expect(challenge).toMatchObject({ status: 'verify', code: null });
    await screen.send({ factorId: await page.idOf(user.phone) });
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    expect(await reached(user)).toHaveLength(1);
  });

  test('takes push with it where no factor has to stay: its user is not shut out', async () => {
    const { user, device } = await withQaller('optional');
    const page = await proved(user, device);
    expect((await page.forget(device.id)).status).toBe(204);
    expect((await page.read()).body).toMatchObject({ enrolled: false, factors: [], devices: [] });
    const { challenge } = await user.signIn();
    expect(challenge).toMatchObject({ status: 'enrol', enrolment: { step: 'primary' } });
  });
});

describe('a device whose app FCM says is gone', () => {
  async function withLostApp(organizationId?: string) {
    const given = await withQaller(organizationId);
    service.google.unregister(given.device.pushToken);
    await given.user.signIn();
    return given;
  }

  test('stays known, is sent no code any more, and the others are', async () => {
    const { user, device, page } = await withQaller();
    const other = aDevice();
    await signInOn(user, other, device.pushToken);
    service.google.unregister(device.pushToken);
    await user.signIn();
    expect(await reached(user)).toEqual([other.pushToken]);
    expect((await page.read()).body.devices).toMatchObject([
      { id: device.id, reachable: false },
      { id: other.id, reachable: true },
    ]);
    expect((await trailOf(user)).at(-1)).toMatchObject({
      type: 'device.unreachable',
      actor: null,
      details: { deviceId: device.id, platform: 'android', reason: 'token-gone' },
    });
  });

  test('takes its new token with the dead one, so that its user is not locked out', async () => {
    const { user, device, page } = await withLostApp();
    const pushToken = `${device.pushToken}-new`;
    const answer = await page.refresh(device.id, pushToken, device.pushToken);
    expect(answer).toMatchObject({ status: 200, body: { waiting: false } });
    const screen = await user.signIn();
    expect((await screen.enter(codeOn(pushToken))).body.status).toBe('approved');
  });

  test('leaves a factor that is shown as unreachable', async () => {
    const { user, page } = await withLostApp();
    const { challenge, ...screen } = await user.signIn();
    const factors = [{ method: 'push', hint: 'Qaller (0)' }];
    expect(challenge).toMatchObject({ status: 'verify', factors, code: null });
    expect(await screen.send()).toMatchObject(problem(409, 'no-device'));
    expect((await page.read()).body).toMatchObject({
      enrolled: true,
      factors: [{ method: 'push', devices: 0 }],
    });
    const { items } = (await asAdmin(user).all('?state=unreachable&limit=100')).body;
    expect(items).toContainEqual(
      expect.objectContaining({ userId: user.userId, unreachable: true }),
    );
  });

  test('opens nothing to somebody with only the password', async () => {
    const { user, page } = await withLostApp();
    const screen = await user.signIn(onQaller(aDevice()));
    expect(await screen.addPhone(user.phone)).toMatchObject(problem(403, 'verification-required'));
    expect(await screen.skip()).toMatchObject(problem(403, 'verification-required'));
    expect(await page.add(user.phone)).toMatchObject(problem(403, 'step-up-required'));
    expect(await reached(user)).toEqual([]);
  });

  test('is no reason to shut its user out: an administrator takes the factor away', async () => {
    const { user, page } = await withLostApp();
    const { factors } = (await page.read()).body;
    expect((await asAdmin(user).remove(factors[0].id)).status).toBe(204);
    const screen = await user.signIn();
    expect(screen.challenge.status).toBe('enrol');
    await screen.addPhone(user.phone);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('is not forgotten by its user where nothing would be left', async () => {
    const { device, page } = await withLostApp();
    expect(await page.forget(device.id)).toMatchObject(problem(403, 'step-up-required'));
    expect((await page.read()).body.devices).toHaveLength(1);
  });

  test('counts in a dry run', async () => {
    await service.organization({ policy: 'optional' }, 'dry');
    await withLostApp('dry');
    await withQaller('dry');
    const answer = await service.call('PUT', '/v1/organizations/dry?dryRun=true', {
      bearer: service.keys.panel,
      body: { policy: 'mandatory' },
    });
    expect(answer.body.impact).toMatchObject({ usersUnreachable: 1, usersWithoutBackup: 2 });
  });

  test('does not let a phone go that is the last factor that works', async () => {
    const { user, device } = await withQaller();
    const page = await proved(user, device);
    await addConfirmed(service, page, user.phone);
    service.google.unregister(device.pushToken);
    await user.signIn();
    const phone = await page.idOf(user.phone);
    expect(await page.remove(phone)).toMatchObject(problem(409, 'last-factor'));
    expect(await asAdmin(user).remove(phone)).toMatchObject(problem(409, 'last-factor'));
  });
});

test('Qaller is not confirmed when its last device went meanwhile', async () => {
  const user = await enrolled(service);
  const device = aDevice();
  const first = await user.signIn(onQaller(device));
  const challengeId = (await first.enter(user.heard())).body.id;
  const page = atSettings(service, { userId: user.userId, challengeId });
  const screen = atScreen(service, await page.addPush());
  const code = codeOn(device.pushToken);
  await page.forget(device.id);
  expect(await screen.enter(code)).toMatchObject(problem(409, 'no-device'));
  expect((await page.read()).body.factors).toHaveLength(1);
});

test('a user has ten devices, and the one unused the longest makes room', async () => {
  const { user, device, page } = await withQaller();
  const more = Array.from({ length: 10 }, aDevice);
  for (const one of more.slice(0, 9)) await signInOn(user, one, device.pushToken);
  await page.refresh(device.id, 'still-in-use', device.pushToken);
  const [longestAgo] = more;
  await signInOn(user, more[9] ?? {}, 'still-in-use');
  const known = await devicesOf(user);
  expect(known).toHaveLength(10);
  expect(known).not.toContain(longestAgo?.id);
  expect(known).toEqual(expect.arrayContaining([device.id, more[9]?.id]));
  await prove({ ...user, heard: () => codeOn('still-in-use') });
});
