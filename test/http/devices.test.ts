/** Devices: what makes one receive codes, and what stops it. */
import { describe, expect, test } from '@jest/globals';
import { problem, somebody, useService } from '../support/service.ts';
import { atSettings, prove } from '../support/settings-page.ts';

const service = useService();

let devices = 0;

function aDevice() {
  devices += 1;
  return { id: `device-${devices}`, platform: 'android', pushToken: `push-token-${devices}` };
}

const onQaller = (device: object) => ({ app: { name: 'qaller', version: '3.2.0' }, device });
const codeOn = (pushToken: string) => service.google.codeFor(pushToken);
const pageOf = ({ userId }: { userId: string }, actor = userId, bearer = service.keys.users) =>
  atSettings(service, { userId, actor, bearer });
const devicesOf = async (user: { userId: string }): Promise<string[]> =>
  (await pageOf(user).read()).body.devices.map(({ id }: { id: string }) => id);

/** The devices that are sent the code of a new login. */
async function reached(user: { signIn: () => Promise<unknown> }): Promise<string[]> {
  const before = service.google.requests.length;
  await user.signIn();
  return service.google.requests.slice(before).map(({ body }) => body.message.token);
}

/** Someone whose one method is Qaller, on one device. */
async function withQaller() {
  const user = somebody(service);
  const device = aDevice();
  const screen = await user.signIn(onQaller(device));
  await screen.addPush();
  await screen.enter(codeOn(device.pushToken));
  await screen.skip();
  return { user, device, page: pageOf(user) };
}

/** Signs in on a further device, with the code that reaches the first. */
async function signInOn(user: ReturnType<typeof somebody>, device: object, codeAt: string) {
  const screen = await user.signIn(onQaller(device));
  const { body } = await screen.enter(codeOn(codeAt));
  expect(body.status).toBe('approved');
}

describe('a device sent along with a challenge', () => {
  test('is known once the login is approved, whatever the method that was verified', async () => {
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
    const answer = await page.refresh(device.id, 'refreshed-token');
    expect(answer).toMatchObject({ status: 200, body: { id: device.id, platform: 'android' } });
    expect(await reached(user)).toEqual(['refreshed-token']);
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
    await second.page.refresh(second.device.id, first.device.pushToken);
    expect(await devicesOf(first.user)).toEqual([]);
    expect(await reached(second.user)).toEqual([first.device.pushToken]);
    expect(await reached(first.user)).toEqual([]);
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
    expect(await reached(user)).toEqual([device.pushToken, other.pushToken]);
    expect(await page.forget(device.id)).toMatchObject({ status: 204, body: '' });
    expect(await reached(user)).toEqual([other.pushToken]);
    expect(await devicesOf(user)).toEqual([other.id]);
  });

  test('may be forgotten by an administrator too', async () => {
    const { user, device } = await withQaller();
    const admin = pageOf(user, 'boss', service.keys.panel);
    expect((await admin.forget(device.id)).status).toBe(204);
    expect(await reached(user)).toEqual([]);
  });

  test('is not found again', async () => {
    const { device, page } = await withQaller();
    await page.forget(device.id);
    const gone = problem(404, 'not-found');
    expect(await page.forget(device.id)).toMatchObject(gone);
    expect(await page.refresh(device.id, 'new-token')).toMatchObject(gone);
  });

  test('was so because FCM says that its app is gone', async () => {
    const { user, device } = await withQaller();
    const other = aDevice();
    await signInOn(user, other, device.pushToken);
    service.google.unregister(device.pushToken);
    await user.signIn();
    expect(await devicesOf(user)).toEqual([other.id]);
    expect(await reached(user)).toEqual([other.pushToken]);
  });
});

test('a user has ten devices: the one heard of longest ago makes room', async () => {
  const { user, device, page } = await withQaller();
  const more = Array.from({ length: 10 }, aDevice);
  for (const one of more.slice(0, 9)) await signInOn(user, one, device.pushToken);
  await page.refresh(device.id, 'still-in-use');
  const [longestAgo] = more;
  await signInOn(user, more[9] ?? {}, 'still-in-use');
  const known = await devicesOf(user);
  expect(known).toHaveLength(10);
  expect(known).not.toContain(longestAgo?.id);
  expect(known).toEqual(expect.arrayContaining([device.id, more[9]?.id]));
  await prove({ ...user, heard: () => codeOn('still-in-use') });
});
