/** Test mode: a backend tries its integration out, without a phone and without waiting. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { nameIn } from '../../src/domain/mode.ts';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { query } from '../support/guessing.ts';
import { anEntry } from '../support/people.ts';
import { aPhone, issuer, problem, useService } from '../support/service.ts';
import { testClient, testNumber } from '../support/test-mode.ts';

const service = useService({ replicas: 2 });
const client = testClient(service);
const organization = (body: object, id = 'acme') =>
  client.call('PUT', `/v1/organizations/${id}`, { body });

beforeAll(async () => {
  expect(await organization({ policy: 'mandatory' })).toMatchObject({
    status: 201,
    body: { id: 'acme' },
  });
});

const newUser = () => `user-${randomUUID()}`;

/** A login that has just called a number, in an organization of its own: so the number is too. */
async function called(digits: number, replica = 0) {
  const organizationId = `org-${randomUUID()}`;
  await organization({ policy: 'mandatory' }, organizationId);
  const screen = await client.signIn({ organizationId, userId: newUser() });
  const { body } = await screen.addPhone(testNumber(digits), { replica });
  return { ...screen, organizationId, added: body };
}

test('a whole login needs no phone: its result is of the issuer and the keys of test mode', async () => {
  const userId = newUser();
  await client.enrol(userId, testNumber(0));
  const screen = await client.signIn({ userId });
  expect(screen.challenge).toMatchObject({
    status: 'verify',
    code: { hint: '999*****00', delivery: 'accepted' },
  });
  const { body: read } = await screen.code();
  expect(read).toEqual({
    code: expect.stringMatching(/^\d{4}$/),
    factorId: screen.challenge.code?.factorId,
    expiresAt: screen.challenge.code?.expiresAt,
    denyToken: null,
  });
  const { body } = await screen.enter(read.code);
  expect((await client.redeem(body.result.token)).body).toMatchObject({
    iss: `${issuer}/test`,
    aud: 'company-panel',
    org: 'acme',
    sub: userId,
  });
  const [{ kid }] = (await service.call('GET', '/test/.well-known/jwks.json')).body.keys;
  const [header = ''] = body.result.token.split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid });
  expect([...service.twilio.requests, ...service.google.requests]).toEqual([]);
});

describe('a number answers by its last two digits', () => {
  const deliveryAfter = async (digits: number, seconds: number) => {
    const { advance } = await called(digits);
    const { body } = await advance(seconds);
    return body.code.delivery;
  };

  test.each([
    [0, 1, 'ringing'],
    [0, 2, 'answered'],
    [29, 2, 'answered'],
    [29, 12, 'completed'],
    [30, 1, 'busy'],
    [39, 1, 'busy'],
    [40, 24, 'ringing'],
    [49, 25, 'no-answer'],
    [60, 19, 'ringing'],
    [69, 20, 'answered'],
    [70, 19, 'ringing'],
    [79, 20, 'answered'],
  ])('…%i: after %i seconds the call is %s', async (digits, seconds, delivery) => {
    expect(await deliveryAfter(digits, seconds)).toBe(delivery);
  });

  test('…80: the person presses 9, and the challenge is denied', async () => {
    const { advance, signIn } = { ...(await called(80)), ...client };
    expect((await advance(2)).body).toMatchObject({ status: 'cancelled', endReason: 'denied' });
    const userId = newUser();
    await client.enrol(userId, testNumber(1));
    expect((await signIn({ userId })).challenge.code).not.toBeNull();
  });

  test.each(['time', 'an advance'])('who waits is told when %s ends the call', async (by) => {
    const { token, advance } = await called(30);
    const waiting = service.call('GET', '/v1/challenge?wait=25', { bearer: token, replica: 1 });
    if (by === 'an advance') await advance(1);
    expect((await waiting).body.code).toMatchObject({ delivery: 'busy' });
  });

  test.each([50, 59])('…%i: the provider is down', async (digits) => {
    const { added, send } = await called(digits);
    expect(added.code).toMatchObject({ delivery: 'failed' });
    expect(await send()).toMatchObject(problem(502, 'delivery-failed'));
  });

  test.each([90, 99])('…%i is refused', async (digits) => {
    const { addPhone } = await client.signIn({ userId: newUser() });
    expect(await addPhone(testNumber(digits))).toMatchObject(
      problem(422, 'destination-not-allowed'),
    );
  });

  test('the code lives 30 seconds from the answer, whoever looks and whenever', async () => {
    const { advance, readCode, enter, code } = await called(60);
    const { body: late } = await advance(45);
    expect(Date.parse(late.code.expiresAt) - Date.parse(late.code.sentAt)).toBe(50_000);
    expect(await readCode()).toMatch(/^\d{4}$/);
    await advance(5);
    expect((await code()).status).toBe(404);
    expect(await enter('0000')).toMatchObject(problem(410, 'code-expired'));
  });

  test('a call is the same on another replica than placed it', async () => {
    const { look, advance, code } = await called(0, 1);
    await advance(2, { replica: 0 });
    expect((await look({ replica: 1 })).body.code.delivery).toBe('answered');
    expect((await code({ replica: 0 })).body).toEqual((await code({ replica: 1 })).body);
  });

  test('a call that a newer one replaces does not go on', async () => {
    const userId = newUser();
    await client.enrol(userId, testNumber(61));
    const first = await client.signIn({ userId });
    const second = await client.signIn({ userId });
    expect(second.challenge.code).toMatchObject({ delivery: 'accepted' });
    const { body } = await first.advance(20);
    expect(body.code.delivery).toBe('completed');
    expect((await first.enter(await first.readCode())).status).toBe(200);
  });
});

describe('a push token answers by what follows "test:"', () => {
  /** A user whose app has this token. */
  async function withApp(pushToken: string) {
    const userId = newUser();
    const device = { id: 'd-1', platform: 'android', pushToken };
    const screen = await client.signIn({ userId, device });
    const { body } = await screen.addPush();
    return { ...screen, body };
  }

  test('any other receives', async () => {
    const { body, readCode, enter } = await withApp(`test:${randomUUID()}`);
    expect(body.code).toMatchObject({ method: 'push', delivery: 'accepted' });
    expect((await enter(await readCode())).status).toBe(200);
  });

  test.each(['test:gone', 'test:down'])('%s… does not', async (start) => {
    const { body } = await withApp(`${start}-${randomUUID()}`);
    expect(body.code).toMatchObject({ delivery: 'failed' });
  });

  test('a device whose token is gone receives no more codes', async () => {
    const userId = newUser();
    const device = { id: 'd-1', platform: 'ios', pushToken: `test:gone-${randomUUID()}` };
    const screen = await client.signIn({ userId, device });
    await screen.addPush();
    await screen.enter(await screen.readCode());
    await client.signIn({ userId });
    const { body } = await (await client.signIn({ userId })).look();
    expect(body).toMatchObject({ factors: [{ devices: 0 }], noCode: { reason: 'no-device' } });
  });
});

test('a number is busy for another user of the organization, and free in any other', async () => {
  const { organizationId } = await called(5);
  const other = await client.signIn({ organizationId, userId: newUser() });
  expect(await other.addPhone(testNumber(5))).toMatchObject(problem(429, 'too-many-requests'));
  expect((await called(5)).added.code).toMatchObject({ delivery: 'accepted' });
});

describe('time passes for one challenge', () => {
  test('a code expires, and another may be asked for', async () => {
    const { advance, readCode, enter, send } = await called(79);
    const code = await readCode();
    expect(await send()).toMatchObject(problem(429, 'resend-too-early'));
    await advance(30);
    expect((await send()).status).toBe(202);
    await advance(60);
    expect(await enter(code)).toMatchObject(problem(410, 'code-expired'));
  });

  test('a result can no longer be redeemed', async () => {
    const result = await client.enrol(newUser(), testNumber(2));
    const { body } = await client.ofChallenge(result.id).advance(60);
    expect(body).toMatchObject({ status: 'approved', result: null });
    expect(await client.redeem(result.result.token)).toMatchObject(problem(422, 'result-invalid'));
  });

  test('an approval no longer serves as a step-up', async () => {
    const userId = newUser();
    const { id } = await client.enrol(userId, testNumber(3));
    const makeCodes = () =>
      client.call('POST', `/v1/organizations/acme/users/${userId}/recovery-codes`, {
        headers: { 'x-actor': userId, 'x-challenge-id': id },
      });
    expect((await makeCodes()).status).toBe(201);
    await client.ofChallenge(id).advance(901);
    expect(await makeCodes()).toMatchObject(problem(403, 'step-up-required'));
  });

  test('the challenge ends', async () => {
    const { advance, look } = await called(1);
    expect((await advance(600)).body).toMatchObject({ status: 'cancelled', endReason: 'expired' });
    expect(await look()).toMatchObject(problem(401, 'challenge-expired'));
  });

  test('a lock stays', async () => {
    const userId = newUser();
    await client.enrol(userId, testNumber(4));
    const guesses = `INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
      SELECT $1, $2, 'c-1', 'long', now() FROM generate_series(1, 20)`;
    await query(service, guesses, [nameIn('test', 'acme'), userId]);
    const { advance, challenge } = await client.signIn({ userId });
    expect(challenge.status).toBe('locked');
    const { status, retryAt } = (await advance(599)).body;
    expect({ status, retryAt }).toEqual({ status: 'locked', retryAt: challenge.retryAt });
  });
});

describe('a challenge of test mode is not there', () => {
  test('for another client, a limited key, a live key, or an unknown id', async () => {
    const { challenge, organizationId } = await called(1);
    const key = (name: string, organizations: string[] | null = null) => {
      const scopes = ['challenges'];
      return createApiKey(
        service.directory.clients,
        { name, scopes, organizations },
        () => anEntry,
      );
    };
    const others = [
      await key(nameIn('test', 'qaller')),
      await key(nameIn('test', 'company-panel'), [nameIn('test', 'other')]),
      service.keys.panel,
    ];
    for (const bearer of others) {
      const { code, advance } = client.ofChallenge(challenge.id);
      expect(await code({ bearer })).toMatchObject(problem(404, 'not-found'));
      expect(await advance(1, { bearer })).toMatchObject(problem(404, 'not-found'));
    }
    const { code } = client.ofChallenge(randomUUID());
    expect(await code()).toMatchObject(problem(404, 'not-found'));
    const mine = await key(nameIn('test', 'company-panel'), [nameIn('test', organizationId)]);
    expect((await client.ofChallenge(challenge.id).code({ bearer: mine })).status).toBe(200);
  });
});

describe('what is of the other mode is refused as a destination', () => {
  const refused = problem(422, 'destination-not-allowed');
  const device = (pushToken: string) => ({ id: 'd-1', platform: 'android', pushToken });

  test('a test number with a live key, and a real one with a test key', async () => {
    const live = { bearer: (await service.start({ userId: newUser() })).body.challengeToken };
    for (const phoneNumber of [testNumber(0), '0099900000000', testNumber(95)]) {
      const body = { method: 'call', phoneNumber };
      expect(await service.call('POST', '/v1/challenge/factors', { ...live, body })).toMatchObject(
        refused,
      );
    }
    const { addPhone } = await client.signIn({ userId: newUser() });
    expect(await addPhone(aPhone)).toMatchObject(refused);
    expect(await addPhone('no number')).toMatchObject(problem(422, 'phone-number-invalid'));
  });

  test('a test push token with a live key, and a real one with a test key', async () => {
    const login = {
      organizationId: 'acme',
      userId: newUser(),
      app: { name: 'qaller', version: '9' },
    };
    const start = (bearer: string, pushToken: string) =>
      service.call('POST', '/v1/challenges', {
        bearer,
        body: { ...login, device: device(pushToken) },
      });
    const refresh = (bearer: string, pushToken: string) =>
      service.call('PUT', `/v1/organizations/acme/users/${login.userId}/devices/d-1`, {
        bearer,
        headers: { 'x-actor': login.userId },
        body: { platform: 'android', pushToken },
      });
    const { panel, test: testKey } = service.keys;
    expect(await start(panel, 'test:a')).toMatchObject(refused);
    expect(await start(testKey, 'a-real-one')).toMatchObject(refused);
    expect(await refresh(panel, 'test:a')).toMatchObject(refused);
    expect(await refresh(testKey, 'a-real-one')).toMatchObject(refused);
  });
});

describe('with CALL_KEY_FIRST, and without PUBLIC_URL', () => {
  const keyFirst = useService({ env: { CALL_KEY_FIRST: 'true' } });
  const its = testClient(keyFirst);

  const expiryAfter = async (digits: number, seconds: number) => {
    await its.call('PUT', '/v1/organizations/acme', { body: { policy: 'mandatory' } });
    const { addPhone, advance } = await its.signIn({ userId: newUser() });
    await addPhone(testNumber(digits));
    const { code } = (await advance(seconds)).body;
    return Date.parse(code.expiresAt) - Date.parse(code.sentAt);
  };

  test('the 30 seconds start at the key, which no voicemail presses', async () => {
    expect(await expiryAfter(0, 3)).toBe(32_000);
    expect(await expiryAfter(60, 21)).toBe(50_000);
    expect(await expiryAfter(70, 21)).toBe(60_000);
  });
});
