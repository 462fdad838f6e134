/** "It was not me" and known devices in test mode: as in live mode, and apart from it. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useService } from '../support/service.ts';
import { testClient } from '../support/test-mode.ts';

const service = useService({ replicas: 2 });
const client = testClient(service);
beforeAll(async () => {
  await client.call('PUT', '/v1/organizations/acme', { body: { policy: 'mandatory' } });
});

const newUser = () => `user-${randomUUID()}`;

/** Someone whose codes come by push. */
async function appUser(): Promise<string> {
  const userId = newUser();
  const device = { id: 'd-1', platform: 'android', pushToken: `test:${randomUUID()}` };
  const screen = await client.signIn({ userId, device });
  await screen.addPush();
  await screen.enter(await screen.readCode());
  await screen.skip();
  return userId;
}

const deny = (token: string, replica = 0) =>
  service.call('POST', '/v1/challenge/deny', { body: { token }, replica });

describe('"it was not me"', () => {
  test('the button of a test push ends the login, on every replica and for good', async () => {
    const userId = await appUser();
    const next = await client.signIn({ userId });
    const { denyToken } = (await next.code()).body;
    expect((await deny(denyToken, 1)).status).toBe(204);
    expect((await next.look()).body).toMatchObject({ status: 'cancelled', endReason: 'denied' });
    expect((await client.signIn({ userId })).challenge.noCode?.reason).toBe('denied');
    expect((await deny(denyToken)).status).toBe(204);
  });

  test('it is no figure of live mode', async () => {
    const denials = async () =>
      String((await service.call('GET', '/metrics')).body).match(/^.*challenge\.denied.*$/gm);
    const { code } = await client.signIn({ userId: await appUser() });
    const before = await denials();
    await deny((await code()).body.denyToken);
    expect(await denials()).toEqual(before);
  });
});

test('a remembered browser is recognized, and a denial among strangers does not reach it', async () => {
  const userId = await appUser();
  const login = await client.signIn({ userId });
  const { result } = (await login.enter(await login.readCode())).body;
  const { body } = await client.redeem(result.token, {
    body: { token: result.token, rememberDevice: true },
  });
  const stranger = await client.signIn({ userId });
  await deny((await stranger.code()).body.denyToken);
  expect((await stranger.look()).body.endReason).toBe('denied');
  const known = await client.signIn({ userId, knownDevice: body.knownDevice.token });
  expect(known.challenge).toMatchObject({
    status: 'verify',
    knownDevice: { recognized: true },
    code: { delivery: 'accepted' },
  });
});
