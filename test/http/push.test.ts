/** "Pushbericht via Qaller": which phones get a code, and above all which do not. */
import { describe, expect, test } from '@jest/globals';
import { enrolled, problem, somebody, useService, wrong } from '../support/service.ts';

const service = useService();

let devices = 0;

function aDevice() {
  devices += 1;
  const pushToken = `token-${devices}`;
  return { id: `d-${devices}`, platform: 'android', pushToken };
}

const onQaller = (device: object) => ({ app: { name: 'qaller', version: '3.2.0' }, device });
const codeOn = ({ pushToken }: { pushToken: string }) => service.google.codeFor(pushToken);
/** The devices that codes went to; notices go to others. */
const pushed = () =>
  service.google.requests
    .filter(({ body }) => body.message.data?.code)
    .map(({ body }) => body.message.token);

/** Someone whose primary is push, on one device, and who declined a backup. */
async function withPush() {
  const user = somebody(service);
  const device = aDevice();
  const screen = await user.signIn(onQaller(device));
  const added = await screen.addPush();
  await screen.enter(codeOn(device));
  const done = await screen.skip();
  return { user, device, added, done };
}

describe('push as a factor', () => {
  test('is set up on the very device that signs in, by a code that reaches it', async () => {
    const { user, device, added, done } = await withPush();
    expect(added).toMatchObject({
      status: 201,
      body: { status: 'verify', code: { method: 'push', hint: 'Qaller (1)', length: 4 } },
    });
    expect(done.body).toMatchObject({
      status: 'approved',
      factors: [{ method: 'push', role: 'primary', hint: 'Qaller (1)' }],
      result: { amr: ['pwd', 'mfa', 'otp'] },
    });
    const screen = await user.signIn();
    expect(screen.challenge.code).toMatchObject({ method: 'push', delivery: 'accepted' });
    expect((await screen.enter(codeOn(device))).body).toMatchObject({
      status: 'approved',
      result: { amr: ['pwd', 'mfa', 'otp'] },
    });
  });

  test('needs a device', async () => {
    const screen = await somebody(service).signIn();
    const refused = problem(409, 'no-device', { challenge: { status: 'enrol' } });
    expect(await screen.addPush()).toMatchObject(refused);
  });

  test('is had once', async () => {
    const user = somebody(service);
    const device = aDevice();
    const screen = await user.signIn(onQaller(device));
    await screen.addPush();
    const answer = await screen.enter(codeOn(device));
    expect(answer.body.enrolment).toMatchObject({ step: 'backup', methods: ['call'] });
    expect(await screen.addPush()).toMatchObject(problem(409, 'factor-exists'));
  });

  test('carries the code, the challenge and the end of its time, in the screens’ language', async () => {
    const { user } = await withPush();
    const { challenge } = await user.signIn({ language: 'de-DE' });
    const { notification, data } = service.google.requests.at(-1)?.body.message ?? {};
    const { id: challengeId, code } = challenge;
    expect(data).toEqual({
      challengeId,
      code: expect.stringMatching(/^\d{4}$/),
      expiresAt: code?.expiresAt,
      denyToken: expect.stringMatching(/^k1\.2\.[\w-]+$/),
    });
    expect(notification?.body).toContain(`Dein Code lautet ${data?.code}.`);
  });

  test('resends to the device being enrolled alone', async () => {
    const user = somebody(service);
    const device = aDevice();
    const screen = await user.signIn(onQaller(device));
    await screen.addPush();
    const first = pushed().length;
    await service.advance(30_000);
    expect((await screen.send()).status).toBe(202);
    expect(pushed().slice(first)).toEqual([device.pushToken]);
    expect((await screen.enter(codeOn(device))).status).toBe(200);
  });
});

describe('a device sent along with a login', () => {
  test('gets no code of that login, only the devices known already do', async () => {
    const { user, device } = await withPush();
    const fresh = aDevice();
    const before = pushed().length;
    const { challenge } = await user.signIn(onQaller(fresh));
    expect(challenge.code?.hint).toBe('Qaller (1)');
    expect(pushed().slice(before)).toEqual([device.pushToken]);
  });

  test('gets codes once that login is approved with a second factor: all devices do', async () => {
    const { user, device } = await withPush();
    const fresh = aDevice();
    const screen = await user.signIn(onQaller(fresh));
    await screen.enter(codeOn(device));
    const before = pushed().length;
    const next = await user.signIn();
    expect(next.challenge.code?.hint).toBe('Qaller (2)');
    expect(pushed().slice(before).sort()).toEqual([device.pushToken, fresh.pushToken].sort());
    expect(codeOn(fresh)).toBe(codeOn(device));
    expect((await next.enter(codeOn(fresh))).body.status).toBe('approved');
  });

  test('is refreshed when the app got a new push token', async () => {
    const { user, device } = await withPush();
    const renewed = { ...device, pushToken: `${device.pushToken}-renewed` };
    const screen = await user.signIn(onQaller(renewed));
    await screen.enter(codeOn(device));
    const before = pushed().length;
    await user.signIn();
    expect(pushed().slice(before)).toEqual([renewed.pushToken]);
  });

  test('moves from its former user to the latest user of the device', async () => {
    const first = await withPush();
    const second = await enrolled(service);
    const screen = await second.signIn(onQaller(first.device));
    await screen.enter(second.heard());
    const before = pushed().length;
    const left = await first.user.signIn();
    expect(left.challenge).toMatchObject({ status: 'verify', code: null });
    const noDevice = problem(409, 'no-device', { challenge: { status: 'verify', code: null } });
    expect(await left.send()).toMatchObject(noDevice);
    expect(pushed().slice(before)).toEqual([]);
  });
});

describe('the phone of someone who knows the password alone', () => {
  test('never gets a code, however often they try', async () => {
    const { user, device } = await withPush();
    const thiefs = aDevice();
    for (let i = 0; i < 3; i += 1) {
      const thief = await user.signIn(onQaller(thiefs));
      expect(await thief.addPush()).toMatchObject(problem(403, 'verification-required'));
      await thief.enter(wrong(codeOn(device)));
      await thief.cancel();
    }
    await user.signIn();
    expect(pushed()).not.toContain(thiefs.pushToken);
  });

  test('with the id of a device of the user takes nothing over', async () => {
    const { user, device } = await withPush();
    const thiefs = { ...device, pushToken: aDevice().pushToken };
    await (await user.signIn(onQaller(thiefs))).send();
    await user.signIn();
    expect(pushed()).not.toContain(thiefs.pushToken);
    expect(codeOn(device)).not.toBeNull();
  });

  test('gets no code where the policy let them in without a second factor', async () => {
    await service.organization({ policy: 'optional' }, 'lenient');
    const lenient = { organizationId: 'lenient' };
    const user = somebody(service, lenient);
    const thiefs = aDevice();
    await (await user.signIn(onQaller(thiefs))).skip();
    const device = aDevice();
    const screen = await user.signIn(onQaller(device));
    await screen.addPush();
    await screen.enter(codeOn(device));
    await screen.skip();
    await user.signIn();
    expect(pushed()).not.toContain(thiefs.pushToken);
  });

  test('gets no code where the policy is off', async () => {
    const { user, device } = await withPush();
    const thiefs = aDevice();
    await service.organization({ policy: 'off' });
    expect((await user.signIn(onQaller(thiefs))).challenge.status).toBe('approved');
    await service.organization({ policy: 'mandatory' });
    const before = pushed().length;
    await user.signIn();
    expect(pushed().slice(before)).toEqual([device.pushToken]);
  });
});

describe('a device whose app was removed', () => {
  test('is forgotten as soon as FCM says so, and the others still get their code', async () => {
    const { user, device } = await withPush();
    const fresh = aDevice();
    await (await user.signIn(onQaller(fresh))).enter(codeOn(device));
    service.google.unregister(device.pushToken);
    const screen = await user.signIn();
    expect(screen.challenge.code?.delivery).toBe('accepted');
    expect((await screen.look()).body.factors[0].hint).toBe('Qaller (1)');
    const before = pushed().length;
    await user.signIn();
    expect(pushed().slice(before)).toEqual([fresh.pushToken]);
  });

  test('was the last one: the code is not delivered, and the backup still works', async () => {
    const user = somebody(service);
    const device = aDevice();
    const first = await user.signIn(onQaller(device));
    await first.addPush();
    await first.enter(codeOn(device));
    await first.addPhone(user.phone);
    await first.enter(user.heard());
    service.google.unregister(device.pushToken);
    const screen = await user.signIn();
    expect(screen.challenge.code?.delivery).toBe('failed');
    const backup = screen.challenge.factors.find(({ method }) => method === 'call');
    expect((await screen.send({ factorId: backup?.id })).status).toBe(202);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });
});
