/** Every kind of credential at every endpoint that we describe: it opens what it is for, alone. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createApiKey, parseApiKey } from '../../src/domain/secrets/api-key.ts';
import { operations } from '../support/description.ts';
import { anEntry } from '../support/people.ts';
import {
  type Answer,
  anotherPhone,
  enrolled,
  problem,
  somebody,
  useService,
} from '../support/service.ts';

type Door = 'challenges' | 'users' | 'admin' | 'recovery' | 'token' | 'public';

/** What opens each operation, after the contract: a scope, the token of a challenge, or nothing. */
const opens: Record<string, Door> = {
  startChallenge: 'challenges',
  findChallenge: 'challenges',
  redeemResult: 'challenges',
  getKeys: 'public',
  getTestKeys: 'public',
  getChallenge: 'token',
  getTheme: 'token',
  sendCode: 'token',
  verifyCode: 'token',
  addFactor: 'token',
  skipEnrolment: 'token',
  cancelChallenge: 'token',
  promoteOwnFactor: 'token',
  removeOwnFactor: 'token',
  createOwnRecoveryCodes: 'token',
  listOwnKnownDevices: 'token',
  forgetOwnKnownDevices: 'token',
  forgetOwnKnownDevice: 'token',
  finishEdit: 'token',
  denyCode: 'public',
  putOrganization: 'admin',
  patchOrganization: 'admin',
  getOrganization: 'admin',
  eraseOrganization: 'admin',
  listUsers: 'admin',
  listEvents: 'admin',
  getUser: 'users',
  setUserPolicy: 'admin',
  eraseUser: 'admin',
  unlockUser: 'admin',
  passwordChanged: 'users',
  createPass: 'recovery',
  removePass: 'recovery',
  createRecoveryCodes: 'users',
  forgetKnownDevices: 'users',
  forgetKnownDevice: 'users',
  listFactors: 'users',
  addUserFactor: 'users',
  promoteFactor: 'users',
  removeFactor: 'users',
  resetFactors: 'admin',
  refreshDevice: 'users',
  forgetDevice: 'users',
  live: 'public',
  ready: 'public',
  getProblem: 'public',
  getMetrics: 'public',
  reportCall: 'public',
  pressKey: 'public',
};

/** No live credential shows that they exist. */
const ofTestMode = ['readTestCode', 'advanceTestChallenge'];

const service = useService();
let bearers: Record<string, string>;
beforeAll(async () => {
  bearers = await makeBearers();
});

async function makeBearers(): Promise<Record<string, string>> {
  const { directory, keys } = service;
  const key = (...scopes: string[]) =>
    createApiKey(directory.clients, { name: 'some', scopes }, () => anEntry);
  const revoked = await key('challenges', 'users', 'admin');
  await directory.clients.revoke(parseApiKey(revoked)?.id ?? '', anEntry);
  const user = await enrolled(service);
  const screen = await user.signIn();
  const { result } = (await screen.enter(user.heard())).body;
  return {
    challenges: await key('challenges'),
    users: await key('users'),
    admin: await key('admin'),
    recovery: await key('recovery'),
    'no scope': await key(),
    'a revoked key': revoked,
    'a key cut short': keys.panel.slice(0, -1),
    'a result token': result.token,
    garbage: 'garbage',
  };
}

type Address = { id: string; method: string; url: string; secured: boolean };

/** All operations, at addresses where there is nothing to change. */
const addresses: Address[] = operations().map(({ id, method, path, door }) => {
  return { id, method, url: path.replaceAll(/\{\w+\}/g, 'nobody'), secured: door !== null };
});

const isOpen = ({ status, body }: Answer) => status !== 401 && body?.type !== '/problems/forbidden';
const ask = ({ method, url }: Address, bearer?: string): Promise<Answer> =>
  service.call(method, url, { ...(bearer !== undefined && { bearer }) });

test('no operation is described that this list does not know, and none is behind the wrong door', () => {
  const found = Object.fromEntries(addresses.map(({ id, secured }) => [id, secured]));
  const known = Object.entries(opens).map(([id, door]) => [id, door !== 'public']);
  for (const id of ofTestMode) known.push([id, true]);
  expect(found).toEqual(Object.fromEntries(known));
});

describe.each(Object.entries(opens))('%s', (id, door) => {
  const operation = () => {
    const found = addresses.find((one) => one.id === id);
    if (!found) throw new Error(`${id} is not described`);
    return found;
  };

  test(`opens to ${door === 'token' ? 'the token of a challenge' : door} and to nothing else`, async () => {
    const { token } = await somebody(service).signIn();
    const tried = { ...bearers, token };
    for (const [name, bearer] of Object.entries(tried)) {
      const answer = await ask(operation(), bearer);
      const open = door === 'public' || name === door;
      expect([name, isOpen(answer)]).toEqual([name, open]);
      const scoped = ['challenges', 'users', 'admin', 'recovery', 'no scope'].includes(name);
      const refusal = scoped && door !== 'token' ? [403, 'forbidden'] : [401, 'unauthenticated'];
      if (!open) expect(answer).toMatchObject(problem(...(refusal as [number, string])));
    }
  });

  test('without a credential', async () => {
    expect(isOpen(await ask(operation()))).toBe(door === 'public');
  });
});

test.each(ofTestMode)('%s is not there for any live credential', async (id) => {
  const { token } = await somebody(service).signIn();
  const address = addresses.find((one) => one.id === id);
  if (!address) throw new Error(`${id} is not described`);
  for (const bearer of [...Object.values(bearers), token, undefined])
    expect(await ask(address, bearer)).toMatchObject(problem(404, 'not-found'));
});

describe('the token of one challenge', () => {
  test('shows and changes that challenge, and no other of any user or organization', async () => {
    await service.organization({ policy: 'mandatory' }, 'other');
    const user = await enrolled(service);
    const mine = await user.signIn();
    const others = [
      await user.signIn(),
      await (await enrolled(service)).signIn(),
      await somebody(service, { organizationId: 'other' }).signIn({ userId: user.userId }),
    ];
    const before = (await mine.look()).body;
    for (const other of others) {
      expect((await other.look()).body.id).toBe(other.challenge.id);
      await other.send();
      await other.cancel();
    }
    expect((await mine.look()).body).toEqual({ ...before, now: expect.any(String) });
  });

  test('sends no code to a factor of somebody else', async () => {
    const [mine, theirs] = await Promise.all([enrolled(service), enrolled(service)]);
    const screen = await mine.signIn();
    const { factors } = (await (await theirs.signIn({ send: false })).look()).body;
    const calls = service.twilio.requests.length;
    const answer = await screen.send({ factorId: factors[0].id });
    expect(answer).toMatchObject(problem(404, 'not-found'));
    expect(service.twilio.requests).toHaveLength(calls);
  });

  test('is of no use as the step-up of another user', async () => {
    const [mine, theirs] = await Promise.all([enrolled(service), enrolled(service)]);
    const { enter, challenge } = await mine.signIn();
    expect((await enter(mine.heard())).body.status).toBe('approved');
    const change = (userId: string) =>
      service.call('POST', `/v1/organizations/acme/users/${userId}/factors`, {
        bearer: service.keys.panel,
        headers: { 'x-actor': userId, 'x-challenge-id': challenge.id },
        body: { method: 'call', phoneNumber: anotherPhone },
      });
    expect(await change(theirs.userId)).toMatchObject(problem(403, 'step-up-required'));
    expect((await change(mine.userId)).status).toBe(201);
  });
});
