/** "2FA instellingen wijzigen": what the user can do with their own methods. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { atScreen, enrolled, problem, somebody, useService, wrong } from '../support/service.ts';
import { addConfirmed, atSettings, owner, prove, withBackup } from '../support/settings-page.ts';

const service = useService();
beforeAll(async () => {
  await service.organization({ policy: 'optional' }, 'optional');
});

const aNumber = () => somebody(service).phone;
const hintOf = (phone: string) => `${phone.slice(1, 4)}*****${phone.slice(-2)}`;
const callsTo = (phone: string) =>
  service.twilio.requests.filter(({ body }) => body['To'] === phone).length;

describe('the list', () => {
  test('has every method with its full number, its hint and its role, the oldest first', async () => {
    const { user, page, backup } = await withBackup(service);
    const entry = (phoneNumber: string, role: string) => ({
      id: expect.any(String),
      method: 'call',
      role,
      status: 'active',
      hint: hintOf(phoneNumber),
      devices: null,
      phoneNumber,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const { status, body } = await page.list();
    expect(status).toBe(200);
    const items = [entry(user.phone, 'primary'), entry(backup, 'secondary')];
    expect(body).toEqual({ items, nextCursor: null });
  });

  test('is empty for an unknown user', async () => {
    const { body } = await atSettings(service, { userId: 'never-seen' }).list();
    expect(body).toEqual({ items: [], nextCursor: null });
  });
});

describe('adding a method', () => {
  test('sends it a code; once that is entered it is a secondary', async () => {
    const { user, page } = await owner(service);
    const phone = aNumber();
    const added = await page.add(phone);
    expect(added).toMatchObject({
      status: 201,
      body: {
        purpose: 'factor',
        status: 'verify',
        challengeToken: expect.any(String),
        factors: [{ role: 'primary', hint: hintOf(user.phone) }],
        code: { method: 'call', hint: hintOf(phone), length: 4, attemptsRemaining: 5 },
        enrolment: null,
        result: null,
      },
    });
    expect(callsTo(phone)).toBe(1);
    const done = await atScreen(service, added).enter(service.twilio.codeFor(phone));
    expect(done).toMatchObject({ status: 200, body: { status: 'approved', purpose: 'factor' } });
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [phone] });
    const login = await user.signIn();
    await login.send({ factorId: login.challenge.factors[1]?.id });
    const entered = await login.enter(service.twilio.codeFor(phone));
    expect(entered.body.status).toBe('approved');
  });

  test('is verified as any other: wrong codes are counted, a code is resent, 30 seconds are 30', async () => {
    const { page } = await owner(service);
    const phone = aNumber();
    const screen = atScreen(service, await page.add(phone));
    const heard = () => service.twilio.codeFor(phone);
    const incorrect = problem(422, 'code-incorrect', { attemptsRemaining: 4 });
    expect(await screen.enter(wrong(heard()))).toMatchObject(incorrect);
    expect(await screen.send()).toMatchObject(problem(429, 'resend-too-early'));
    await service.advance(30_000);
    expect(await screen.enter(heard())).toMatchObject(problem(410, 'code-expired'));
    expect((await screen.send()).status).toBe(202);
    expect((await screen.enter(heard())).body.status).toBe('approved');
  });

  test('that is not confirmed yet is in no list and receives no code of a login', async () => {
    const { user, page } = await owner(service);
    const phone = aNumber();
    const pending = atScreen(service, await page.add(phone));
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [] });
    expect((await page.read()).body.factors).toHaveLength(1);
    const login = await user.signIn();
    expect(login.challenge.factors).toHaveLength(1);
    const factorId = pending.challenge.code?.factorId;
    expect(await login.send({ factorId })).toMatchObject(problem(404, 'not-found'));
    expect(callsTo(phone)).toBe(1);
  });

  test('that is not confirmed yet may be replaced, and then counts for nothing', async () => {
    const { user, page } = await owner(service);
    const [typo, meant] = [aNumber(), aNumber()];
    const screen = atScreen(service, await page.add(typo));
    await screen.addPhone(meant);
    const done = await screen.enter(service.twilio.codeFor(meant));
    expect(done.body.status).toBe('approved');
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [meant] });
  });

  test('may be broken off, and leaves nothing', async () => {
    const { user, page } = await owner(service);
    const phone = aNumber();
    const screen = atScreen(service, await page.add(phone));
    expect((await screen.cancel()).status).toBe(204);
    const late = await screen.enter(service.twilio.codeFor(phone));
    expect(late).toMatchObject(problem(409, 'challenge-finished'));
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [] });
  });

  test('takes Qaller on a device that is known, and refuses it without one', async () => {
    const { user, page } = await owner(service);
    expect(await page.addPush()).toMatchObject(problem(409, 'no-device'));
    const device = { id: 'd-1', platform: 'ios', pushToken: 'token-of-edit-2fa' };
    await prove(user, { app: { name: 'qaller', version: '3.2.0' }, device });
    const screen = atScreen(service, await page.addPush());
    expect(screen.challenge.code).toMatchObject({ method: 'push', hint: 'Qaller (1)' });
    await screen.enter(service.google.codeFor(device.pushToken));
    const [, push] = (await page.list()).body.items;
    expect(push).toMatchObject({ method: 'push', role: 'secondary', hint: 'Qaller (1)' });
    expect(push).not.toHaveProperty('phoneNumber');
    expect(await page.addPush()).toMatchObject(problem(409, 'factor-exists'));
  });

  test.each<[spelling: string, as: (phone: string) => string]>([
    ['+31…', (phone) => phone],
    ['0031…', (phone) => phone.replace('+', '00')],
    ['06…', (phone) => phone.replace('+31', '0')],
    ['06 - … with spaces', (phone) => phone.replace(/^\+31(.)(...)/, '0$1 - $2 ')],
    ['+31 (0)6…', (phone) => phone.replace('+31', '+31 (0)')],
  ])('refuses a number the user has already, spelled %s', async (_spelling, as) => {
    const { user, page } = await owner(service);
    const calls = callsTo(user.phone);
    expect(await page.add(as(user.phone))).toMatchObject(problem(409, 'factor-exists'));
    expect(callsTo(user.phone)).toBe(calls);
  });

  test.each([
    ['123', 'phone-number-invalid'],
    ['0900 8002', 'destination-not-allowed'],
  ])('refuses what cannot be called, and calls nobody: %s', async (number, name) => {
    const { page } = await owner(service);
    const calls = service.twilio.requests.length;
    expect(await page.add(number)).toMatchObject(problem(422, name));
    expect(service.twilio.requests).toHaveLength(calls);
  });

  test('stops at five, and ends the addition that was pending when another began', async () => {
    const { page } = await owner(service);
    for (let i = 0; i < 3; i += 1) await addConfirmed(service, page, aNumber());
    const [fifth, sixth] = [aNumber(), aNumber()];
    const pending = atScreen(service, await page.add(sixth));
    await addConfirmed(service, page, fifth);
    const ended = problem(409, 'challenge-finished');
    expect(await pending.enter(service.twilio.codeFor(sixth))).toMatchObject(ended);
    const refused = problem(409, 'too-many-factors');
    const seventh = aNumber();
    expect(await page.add(seventh)).toMatchObject(refused);
    expect(callsTo(seventh)).toBe(0);
    expect((await page.list()).body.items).toHaveLength(5);
  });

  test('that is the first of a user who skipped becomes their primary', async () => {
    const { userId, phone, signIn } = somebody(service, { organizationId: 'optional' });
    await (await signIn()).skip();
    const page = atSettings(service, { userId, organizationId: 'optional' });
    await addConfirmed(service, page, phone);
    expect(await page.numbers()).toEqual({ primary: phone, secondary: [] });
  });

  test('is not found for an unknown organization', async () => {
    const page = atSettings(service, { userId: '42', organizationId: 'unheard-of' });
    expect(await page.add(aNumber())).toMatchObject(problem(404, 'not-found'));
  });
});

test('two users may have the same number', async () => {
  const { page } = await owner(service);
  const other = await enrolled(service);
  await service.advance(30_000);
  await addConfirmed(service, page, other.phone);
  expect((await page.numbers()).secondary).toEqual([other.phone]);
});
