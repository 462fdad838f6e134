/** A thief knows the password, and the panel serves them: no phone of theirs ever gets a code. */
import { beforeAll, expect, test } from '@jest/globals';
import { type Answer, atScreen, problem, somebody, useService } from '../support/service.ts';
import { atSettings, owner, withBackup } from '../support/settings-page.ts';

const service = useService();
beforeAll(async () => {
  await service.organization({ policy: 'optional' }, 'optional');
});

const thiefsPhone = '+31699999999';
const thiefsDevice = { id: 'd-thief', platform: 'android', pushToken: 'token-of-the-thief' };

function expectNothingReachedHim(): void {
  expect(service.twilio.codeFor(thiefsPhone)).toBeNull();
  expect(service.google.codeFor(thiefsDevice.pushToken)).toBeNull();
}

test('at the login page they can set up nothing', async () => {
  const { user, page, backup } = await withBackup(service);
  const before = (await page.read()).body;
  const screen = await user.signIn({
    app: { name: 'qaller', version: '3.2.0' },
    device: thiefsDevice,
  });
  const refused = problem(403, 'verification-required');
  expect(await screen.addPhone(thiefsPhone)).toMatchObject(refused);
  expect(await screen.addPush()).toMatchObject(refused);
  expect(await screen.skip()).toMatchObject(refused);
  await screen.send({ factorId: await page.idOf(backup) });
  await screen.cancel();
  expect((await page.read()).body).toEqual(before);
  expectNothingReachedHim();
});

test('a challenge token opens no settings', async () => {
  const { user, page } = await owner(service);
  const login = await user.signIn();
  const { id } = login.challenge;
  const bearer = login.token;
  const thief = atSettings(service, { userId: user.userId, challengeId: id, bearer });
  const factorId = await page.idOf(user.phone);
  const attempts = [thief.list(), thief.add(thiefsPhone), thief.remove(factorId), thief.read()];
  for (const answer of await Promise.all(attempts))
    expect(answer).toMatchObject(problem(401, 'unauthenticated'));
});

test('through the panel, with any challenge they can start, they change nothing', async () => {
  const { user, page, backup } = await withBackup(service);
  const factorId = await page.idOf(backup);
  const { userId } = user;
  const started = [
    await user.signIn(),
    await user.signIn({ purpose: 'step-up' }),
    await user.signIn({ device: thiefsDevice, send: false }),
  ];
  for (const { challenge } of started) {
    const thief = atSettings(service, { userId, challengeId: challenge.id });
    const refused: Answer[] = [
      await thief.add(thiefsPhone),
      await thief.addPush(),
      await thief.promote(factorId),
      await thief.remove(factorId),
    ];
    for (const answer of refused) expect(answer).toMatchObject(problem(403, 'step-up-required'));
  }
  expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [backup] });
  expectNothingReachedHim();
});

test('a device of theirs that was never confirmed cannot be made one by its token', async () => {
  const { user } = await owner(service);
  await user.signIn({ device: thiefsDevice });
  const thief = atSettings(service, { userId: user.userId });
  const answer = await thief.refresh(thiefsDevice.id, thiefsDevice.pushToken);
  expect(answer).toMatchObject(problem(404, 'not-found'));
  expect((await thief.read()).body.devices).toEqual([]);
  expectNothingReachedHim();
});

test('what they prepared before the user enrolled is worthless afterwards', async () => {
  const organizationId = 'optional';
  const user = somebody(service, { organizationId });
  const thief = somebody(service);
  const { userId } = user;
  const anyone = atSettings(service, { userId, organizationId });

  const letIn = await user.signIn();
  await letIn.skip();
  const settings = atScreen(service, await anyone.add(thief.phone));
  const codeOfSettings = thief.heard();
  const enrolling = await user.signIn();
  await enrolling.addPhone(thief.phone);
  const codeOfEnrolling = thief.heard();

  const own = await user.signIn();
  await own.addPhone(user.phone);
  await own.enter(user.heard());
  await own.skip();
  const calls = service.twilio.requests.length;

  const later = atSettings(service, { userId, organizationId, challengeId: letIn.challenge.id });
  expect(await later.add(thief.phone)).toMatchObject(problem(403, 'step-up-required'));
  for (const [screen, code] of [
    [settings, codeOfSettings],
    [enrolling, codeOfEnrolling],
  ] as const) {
    expect((await screen.enter(code)).status).toBe(409);
    expect(await screen.addPhone(thief.phone)).toMatchObject(problem(403, 'verification-required'));
    expect(await screen.skip()).toMatchObject(problem(403, 'verification-required'));
  }
  expect(await anyone.numbers()).toEqual({ primary: user.phone, secondary: [] });
  expect(service.twilio.requests).toHaveLength(calls);
});
