/** "A number gets one call at a time." */
import { describe, expect, test } from '@jest/globals';
import { enrolled, problem, signIn, somebody, tellOfCall, useService } from '../support/service.ts';

const publicUrl = 'https://2fa.example';
const service = useService({ replicas: 2, env: { PUBLIC_URL: publicUrl } });
const unreported = useService();
const busy = problem(429, 'too-many-requests');

const tell = (phone: string, status: string) => tellOfCall(service, phone, status);

const callsTo = (phone: string) =>
  service.twilio.requests.filter(({ body }) => body['To'] === phone).length;

const ended = (sid: string) =>
  service.twilio.until(() => service.twilio.updates.some(({ path }) => path.includes(sid)));

/** Somebody whose set-up is over, and so is its call. */
async function owner() {
  const user = await enrolled(service);
  await tell(user.phone, 'completed');
  return user;
}

describe('while a number is called', () => {
  test('a call for another user is refused after a short wait, with a short `Retry-After`', async () => {
    const { phone } = await owner();
    const [one, two] = [await somebody(service).signIn(), await somebody(service).signIn()];
    expect((await one.addPhone(phone)).status).toBe(201);
    const before = callsTo(phone);
    const refused = await two.addPhone(phone);
    expect(refused).toMatchObject(busy);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(5);
    expect(callsTo(phone)).toBe(before);
  });

  test.each(['completed', 'busy', 'no-answer', 'failed', 'canceled'])(
    'a call for another user is placed once Twilio tells that it is over: %s',
    async (status) => {
      const { phone } = await owner();
      const [one, two] = [await somebody(service).signIn(), await somebody(service).signIn()];
      await one.addPhone(phone);
      const waiting = two.addPhone(phone);
      await tell(phone, status);
      expect((await waiting).status).toBe(201);
    },
  );

  test('one whose end is never reported lasts a minute', async () => {
    const { phone } = await owner();
    const [one, two] = [await somebody(service).signIn(), await somebody(service).signIn()];
    await one.addPhone(phone);
    await service.advance(60_000);
    expect((await two.addPhone(phone)).status).toBe(201);
  });

  test('one lasts 30 seconds where Twilio tells nothing', async () => {
    const { phone } = await enrolled(unreported);
    await unreported.advance(30_000);
    const [one, two] = [await somebody(unreported).signIn(), await somebody(unreported).signIn()];
    expect((await one.addPhone(phone)).status).toBe(201);
    await unreported.advance(20_000);
    expect(await two.addPhone(phone)).toMatchObject(busy);
    await unreported.advance(10_000);
    expect((await two.addPhone(phone)).status).toBe(201);
  });

  test('another user who has the same number has no code for a moment, and is told so', async () => {
    const [user, other] = [await owner(), somebody(service)];
    const first = await other.signIn();
    await first.addPhone(user.phone);
    await first.enter(user.heard());
    await tell(user.phone, 'completed');
    await first.skip();
    await user.signIn();
    const { noCode, now } = (await other.signIn()).challenge;
    expect(noCode?.reason).toBe('too-many-requests');
    expect(Date.parse(noCode?.retryAt ?? '') - Date.parse(now)).toBeLessThanOrEqual(5_000);
  });

  test('five logins at once do not ring over each other: one call is left, and each code is good', async () => {
    const user = await owner();
    const before = callsTo(user.phone);
    const screens = await Promise.all(
      Array.from({ length: 5 }, (_, i) => user.signIn({}, { replica: i % 2 })),
    );
    const placed = service.twilio.requests
      .filter(({ body }) => body['To'] === user.phone)
      .slice(before)
      .map(({ sid }) => sid);
    expect(placed).toHaveLength(5);
    const left = () => placed.filter((sid) => !service.twilio.hangUps.includes(sid));
    await service.twilio.until(() => left().length <= 1);
    expect(left()).toHaveLength(1);
    for (const { challenge } of screens) expect(challenge.code).not.toBeNull();
  });

  test('the same user’s newer login ends the older call, and the older code stays good', async () => {
    const user = await owner();
    const older = await user.signIn();
    const [code, sid] = [user.heard(), service.twilio.sidOf(user.phone)];
    await tell(user.phone, 'in-progress');
    await user.signIn({}, { replica: 1, bearer: service.keys.panel });
    await ended(sid);
    expect((await older.enter(code)).body.status).toBe('approved');
  });
});

test('a double click on adding a factor places one call', async () => {
  const person = somebody(service);
  const screen = await person.signIn();
  const answers = await Promise.all([screen.addPhone(person.phone), screen.addPhone(person.phone)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 429]);
  expect(callsTo(person.phone)).toBe(1);
  expect(
    service.twilio.updates.some(({ path }) => path.includes(service.twilio.sidOf(person.phone))),
  ).toBe(false);
  expect((await screen.enter(person.heard())).status).toBe(200);
});

test('the number that is entered instead is called, and the other stops ringing', async () => {
  const [person, other] = [somebody(service), somebody(service)];
  const screen = await signIn(service, { userId: person.userId });
  await screen.addPhone(person.phone);
  await screen.addPhone(other.phone);
  await ended(service.twilio.sidOf(person.phone));
});

describe('a phone stops ringing', () => {
  /** Somebody whose second phone rings in their enrolment. */
  async function withBackupRinging() {
    const [user, backup] = [somebody(service), somebody(service)];
    const screen = await user.signIn();
    await screen.addPhone(user.phone);
    await screen.enter(user.heard());
    await screen.addPhone(backup.phone);
    return { user, screen, sid: service.twilio.sidOf(backup.phone) };
  }

  test('when the backup is skipped', async () => {
    const { screen, sid } = await withBackupRinging();
    expect((await screen.skip()).body.status).toBe('approved');
    await ended(sid);
  });

  test('when the login is cancelled', async () => {
    const { screen, sid } = await withBackupRinging();
    await screen.cancel();
    await ended(sid);
  });

  test.each(['', '/factors'])('when the user is erased or reset: DELETE …/{u}%s', async (path) => {
    const user = await owner();
    await user.signIn();
    const url = `/v1/organizations/acme/users/${user.userId}${path}`;
    const headers = { 'x-actor': 'admin' };
    const answer = await service.call('DELETE', url, { bearer: service.keys.panel, headers });
    expect(answer.status).toBe(204);
    await ended(service.twilio.sidOf(user.phone));
  });

  test('when its factor is removed', async () => {
    const user = await owner();
    await user.signIn();
    await service.organization({ policy: 'optional' });
    const url = `/v1/organizations/acme/users/${user.userId}/factors`;
    const admin = { bearer: service.keys.panel, headers: { 'x-actor': 'admin' } };
    const [factor] = (await service.call('GET', url, admin)).body.items;
    expect((await service.call('DELETE', `${url}/${factor.id}`, admin)).status).toBe(204);
    await service.organization({ policy: 'mandatory' });
    await ended(service.twilio.sidOf(user.phone));
  });

  test('when Twilio reports that it rings for an erased challenge', async () => {
    const { user, sid } = await withBackupRinging();
    const url = `/v1/organizations/acme/users/${user.userId}/factors`;
    const admin = { bearer: service.keys.panel, headers: { 'x-actor': 'admin' } };
    await service.call('DELETE', url, admin);
    const { path, headers, payload } = service.twilio.callbackOf(sid, 'ringing');
    await service.app.inject({ method: 'POST', url: path, headers, payload });
    await ended(sid);
  });
});
