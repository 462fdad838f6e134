/** "Every challenge started, code sent, …": each event, and who, whom, through what and how it went. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { auditTypes } from '../../src/domain/audit/audit.ts';
import { run } from '../e2e/program.ts';
import { onKnownDevice, remembered } from '../support/known-browser.ts';
import { somebody, useService, wrong } from '../support/service.ts';
import { addConfirmed, atSettings } from '../support/settings-page.ts';

const service = useService({ policy: null });

let organizationId: string;
beforeEach(async () => {
  organizationId = `org-${randomUUID()}`;
  await service.organization({ policy: 'mandatory' }, organizationId);
});

const address = '203.0.113.7';
const qaller = { app: { name: 'qaller', version: '3.2.1' } };

type ChallengeSnapshot = Record<string, unknown> & { details: object };

/** The latest event of a type, through the API. */
async function latest(type: string): Promise<ChallengeSnapshot | undefined> {
  const url = `/v1/organizations/${organizationId}/events`;
  const { body } = await service.call('GET', url, { bearer: service.keys.panel });
  return body.items.find((event: ChallengeSnapshot) => event['type'] === type);
}

/** Someone on Qaller, from a known address, through the backend of Qaller. */
function guest() {
  const user = somebody(service, { organizationId });
  const request = { bearer: service.keys.qaller, headers: { 'x-caller-address': address } };
  const signIn = (body: object = {}) => user.signIn({ ...qaller, ...body }, request);
  const enrol = async (body: object = {}, through = signIn) => {
    const screen = await through(body);
    await screen.addPhone(user.phone);
    await screen.enter(user.heard());
    await screen.skip();
    return screen.challenge.id;
  };
  /** What a panel asks of someone is proved to that panel. */
  const enrolAtPanel = (body: object = {}) => enrol(body, user.signIn);
  const as = (actor: string, challengeId: string | null, bearer = service.keys.users) =>
    atSettings(service, {
      userId: user.userId,
      organizationId,
      actor,
      challengeId,
      address,
      bearer,
    });
  const asAdmin = () => as('boss', null, service.keys.panel);
  const atHelpdesk = () => as('helpdesk', null, service.keys.recovery);
  return {
    ...user,
    signIn,
    enrol,
    enrolAtPanel,
    as,
    asAdmin,
    atHelpdesk,
    hint: `316*****${user.phone.slice(-2)}`,
  };
}

type Guest = ReturnType<typeof guest>;

/** Makes a user guess wrong, so many times in each of their logins. Returns the last login. */
async function guess(user: Guest, times: number[]): Promise<string> {
  let challengeId = await user.enrol();
  for (const wrongs of times) {
    const screen = await user.signIn();
    for (let i = 0; i < wrongs; i += 1) await screen.enter(wrong(user.heard()));
    challengeId = screen.challenge.id;
  }
  return challengeId;
}

/** The details, or with them the other fields that differ from the group's. */
type ExpectedEntry = { details: object } & Record<string, unknown>;

describe('in a challenge', () => {
  const cases: [
    type: string,
    act: (user: Guest) => Promise<[challengeId: string, expected: ExpectedEntry]>,
  ][] = [
    [
      'challenge.started',
      async (user) => {
        const { challenge } = await user.signIn();
        return [
          challenge.id,
          { details: { purpose: 'login', policy: 'mandatory', next: 'enrol' } },
        ];
      },
    ],
    [
      'code.sent',
      async (user) => {
        const screen = await user.signIn();
        await screen.addPhone(user.phone);
        const how = { provider: 'twilio', delivery: 'accepted' };
        return [screen.challenge.id, { details: { method: 'call', hint: user.hint, ...how } }];
      },
    ],
    [
      'code.failed',
      async (user) => {
        const screen = await user.signIn();
        service.twilio.answerWith(500);
        await screen.addPhone(user.phone);
        service.twilio.answerWith('success');
        const how = { provider: 'twilio', delivery: 'failed' };
        return [screen.challenge.id, { details: { method: 'call', hint: user.hint, ...how } }];
      },
    ],
    [
      'sending.refused',
      async (user) => {
        const screen = await user.signIn();
        for (let i = 0; i < 3; i += 1) await screen.addPhone('0900 1234567');
        const details = { method: null, reason: 'destination-not-allowed' };
        return [screen.challenge.id, { details }];
      },
    ],
    [
      'code.wrong',
      async (user) => {
        await user.enrol();
        const screen = await user.signIn();
        await screen.enter(wrong(user.heard()));
        const details = { method: 'call', hint: user.hint, attemptsRemaining: 4 };
        return [screen.challenge.id, { details }];
      },
    ],
    ['guesses.alarming', async (user) => [await guess(user, [3]), { details: {} }]],
    ['user.careful', async (user) => [await guess(user, [5, 4]), { details: {} }]],
    ['user.locked', async (user) => [await guess(user, [5, 4, 5, 5, 5, 5]), { details: {} }]],
    [
      'device.added',
      async (user) => {
        const device = { id: 'd-1', platform: 'ios', pushToken: `token-${user.userId}` };
        const challengeId = await user.enrol({ device });
        return [challengeId, { details: { deviceId: 'd-1', platform: 'ios' } }];
      },
    ],
    [
      'device.unreachable',
      async (user) => {
        const device = { id: 'd-1', platform: 'ios', pushToken: `token-${user.userId}` };
        const screen = await user.signIn({ device });
        await screen.addPush();
        await screen.enter(service.google.codeFor(device.pushToken));
        await screen.skip();
        service.google.unregister(device.pushToken);
        const { challenge } = await user.signIn();
        const details = { deviceId: 'd-1', platform: 'ios', reason: 'token-gone' };
        return [challenge.id, { actor: null, details }];
      },
    ],
    [
      'factor.added',
      async (user) => {
        const challengeId = await user.enrol();
        const [factor] = (await user.as(user.userId, null).list()).body.items;
        const details = { method: 'call', hint: user.hint, factorId: factor.id };
        return [challengeId, { details }];
      },
    ],
    ['enrolment.skipped', async (user) => [await user.enrol(), { details: { step: 'backup' } }]],
    [
      'challenge.approved',
      async (user) => {
        await user.enrol();
        const screen = await user.signIn();
        await screen.enter(user.heard());
        return [screen.challenge.id, { details: { amr: 'pwd mfa otp tel' } }];
      },
    ],
    [
      'pass.used',
      async (user) => {
        await user.enrol();
        const { pass } = (await user.atHelpdesk().makePass()).body;
        const screen = await user.signIn();
        await screen.prove({ pass });
        return [screen.challenge.id, { details: {} }];
      },
    ],
    [
      'recovery-code.used',
      async (user) => {
        const page = user.as(user.userId, await user.enrolAtPanel());
        const { codes } = (await page.makeCodes()).body;
        const screen = await user.signIn();
        await screen.prove({ recoveryCode: codes[0] });
        return [screen.challenge.id, { details: {} }];
      },
    ],
    [
      'challenge.cancelled',
      async (user) => {
        const screen = await user.signIn();
        await screen.cancel();
        return [screen.challenge.id, { details: { reason: 'user' } }];
      },
    ],
    [
      'challenge.denied',
      async (user) => {
        const pushToken = `denying-${user.userId}`;
        const screen = await user.signIn({ device: { id: 'd-1', platform: 'ios', pushToken } });
        await screen.addPush();
        const { denyToken } = service.google.requests.at(-1)?.body.message.data ?? {};
        await service.call('POST', '/v1/challenge/deny', { body: { token: denyToken } });
        const details = { method: 'push', confirms: true, ended: 0 };
        return [screen.challenge.id, { actor: null, details }];
      },
    ],
  ];

  test.each(cases)('%s names user, client, app, version and address', async (type, act) => {
    const user = guest();
    const [challengeId, expected] = await act(user);
    expect(await latest(type)).toEqual({
      id: expect.stringMatching(/^\d+$/),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      type,
      userId: user.userId,
      actor: user.userId,
      client: 'qaller',
      app: 'qaller',
      appVersion: '3.2.1',
      challengeId,
      address,
      ...expected,
    });
    covered.add(type);
  });
});

const byHelpdesk = { actor: 'helpdesk', client: 'helpdesk' };
describe('through a panel', () => {
  const byAdmin = { actor: 'boss', client: 'company-panel' };
  /** What an event says beyond this: the user did it, through a client with scope `users`. */
  const cases: [type: string, act: (user: Guest) => Promise<ExpectedEntry>][] = [
    [
      'factor.promoted',
      async (user) => {
        const page = user.as(user.userId, await user.enrolAtPanel());
        const { phone } = somebody(service);
        await addConfirmed(service, page, phone);
        await page.promote(await page.idOf(phone));
        const hint = `316*****${phone.slice(-2)}`;
        return { details: { method: 'call', hint, role: 'secondary' } };
      },
    ],
    [
      'factor.removed',
      async (user) => {
        const page = user.as(user.userId, await user.enrolAtPanel());
        await addConfirmed(service, page, somebody(service).phone);
        await page.remove(await page.idOf(user.phone));
        return { details: { method: 'call', hint: user.hint, role: 'primary' } };
      },
    ],
    [
      'factors.reset',
      async (user) => {
        await user.enrolAtPanel();
        await user.asAdmin().reset();
        return { ...byAdmin, details: { removed: 1 } };
      },
    ],
    [
      'device.refreshed',
      async (user) => {
        await user.enrolAtPanel({ device: { id: 'd-1', platform: 'ios', pushToken: user.userId } });
        await user.as(user.userId, null).refresh('d-1', `${user.userId}-new`, user.userId);
        return { details: { deviceId: 'd-1', platform: 'android' } };
      },
    ],
    [
      'device.removed',
      async (user) => {
        const device = { id: 'd-1', platform: 'ios', pushToken: `token-${user.userId}` };
        const challengeId = await user.enrolAtPanel({ device });
        await user.as(user.userId, challengeId).forget('d-1');
        return { details: { deviceId: 'd-1', platform: 'ios' } };
      },
    ],
    [
      'user.policy-changed',
      async (user) => {
        await user.asAdmin().setPolicy('optional');
        return { ...byAdmin, details: { policy: 'optional' } };
      },
    ],
    [
      'user.unlocked',
      async (user) => {
        await user.asAdmin().unlock();
        return { ...byAdmin, details: {} };
      },
    ],
    [
      'user.password-changed',
      async (user) => {
        const challengeId = await user.enrolAtPanel();
        await user.as(user.userId, challengeId).passwordChanged();
        return { details: {} };
      },
    ],
    [
      'pass.created',
      async (user) => {
        await user.atHelpdesk().makePass(30);
        return { ...byHelpdesk, details: { minutes: 30 } };
      },
    ],
    [
      'pass.removed',
      async (user) => {
        await user.atHelpdesk().makePass();
        await user.atHelpdesk().endPass();
        return { ...byHelpdesk, details: {} };
      },
    ],
    [
      'recovery-codes.created',
      async (user) => {
        await user.as(user.userId, await user.enrolAtPanel()).makeCodes();
        return { details: { codes: 10 } };
      },
    ],
    [
      'user.erased',
      async (user) => {
        await user.asAdmin().erase();
        return { ...byAdmin, userId: expect.stringMatching(/^erased-/), details: {} };
      },
    ],
  ];

  test.each(cases)('%s names who was at the keyboard, whom and from where', async (type, act) => {
    const user = guest();
    const expected = await act(user);
    expect(await latest(type)).toMatchObject({
      userId: user.userId,
      actor: user.userId,
      client: 'company-panel',
      app: null,
      appVersion: null,
      challengeId: null,
      address,
      ...expected,
    });
    covered.add(type);
  });

  test.each([
    [
      'policy.changed',
      'PUT',
      { policy: 'optional', backup: 'required' },
      { policy: 'optional', language: 'nl-NL', backup: 'required', mandatoryFrom: null },
    ],
    [
      'policy.changed',
      'PATCH',
      { mandatoryFrom: '2027-03-01T01:00:00+01:00', knownDevices: { days: 7 } },
      { mandatoryFrom: '2027-03-01T00:00:00.000Z', knownDeviceDays: 7, knownDeviceSkipCode: false },
    ],
    ['organization.erased', 'DELETE', undefined, {}],
  ])('%s names who did it to which organization: %s', async (type, method, body, details) => {
    const headers = { 'x-actor': 'boss', 'x-caller-address': address };
    const request = { bearer: service.keys.panel, headers, ...(body && { body }) };
    await service.call(method, `/v1/organizations/${organizationId}`, request);
    expect(await latest(type)).toMatchObject({
      userId: null,
      actor: 'boss',
      client: 'company-panel',
      address,
      details,
    });
    covered.add(type);
  });
});

test('a known device that is remembered, used by two, and forgotten is named by its app', async () => {
  const { user, browser } = await onKnownDevice(service, { organizationId });
  const thief = browser.copy();
  await browser.finish(await browser.signIn());
  await browser.signIn({ send: false });
  await service.advance(60_000);
  await thief.signIn({ send: false });
  await remembered(service, user);
  const url = `/v1/organizations/${organizationId}/users/${user.userId}/known-devices`;
  const asAdmin = { bearer: service.keys.panel, headers: { 'x-actor': 'boss' } };
  expect((await service.call('DELETE', url, asAdmin)).status).toBe(204);
  for (const type of ['known-device.added', 'known-device.stolen', 'known-device.removed']) {
    const device = { deviceId: expect.any(String), app: 'company-panel' };
    expect(await latest(type)).toMatchObject({ userId: user.userId, details: device });
    covered.add(type);
  }
});

describe('on the command line', () => {
  const cli = async (...args: string[]) => {
    const env = { DATABASE_URL: service.databaseUrl };
    const program = run('src/cli.ts', args, { cwd: process.cwd(), env });
    expect(await program.exit).toBe(0);
    return program.output.trimEnd().split('\n').at(-1) ?? '';
  };

  async function recorded(type: string) {
    const client = new Client({ connectionString: service.databaseUrl });
    await client.connect();
    const query = 'SELECT * FROM events WHERE type = $1 ORDER BY id DESC LIMIT 1';
    const { rows } = await client.query(query, [type]);
    await client.end();
    return rows[0];
  }

  test('making and revoking a key names the operator, the client and the scopes, never the key', async () => {
    const key = await cli('clients', 'create', 'vamos', '--scopes', 'challenges,users');
    const [, id = '', secret = ''] = /^dck_([0-9a-f]+)_(.+)$/.exec(key) ?? [];
    const made = await recorded('client.created');
    const details = { id, name: 'vamos', scopes: 'challenges users' };
    expect(made).toMatchObject({ actor: expect.stringMatching(/./), details });
    expect(JSON.stringify(made)).not.toContain(secret);
    await cli('clients', 'revoke', id);
    const revoked = await recorded('client.revoked');
    expect(revoked).toMatchObject({ actor: made.actor, details: { id } });
    covered.add('client.created').add('client.revoked');
  });

  test('what the page may do for a client is in the trail, allowed and forbidden', async () => {
    const details = { client: 'company-panel', use: 'return', url: 'https://panel.example/2fa' };
    await cli('clients', 'allow-return', 'company-panel', details.url);
    expect(await recorded('client.site-allowed')).toMatchObject({ details });
    await cli('clients', 'forbid', 'company-panel', details.url);
    expect(await recorded('client.site-forbidden')).toMatchObject({ details });
    covered.add('client.site-allowed').add('client.site-forbidden');
  });

  test('where the alerts of a client go is in the trail, without what its URL may hold', async () => {
    await cli('webhooks', 'set', 'company-panel', 'http://127.0.0.1:9/hooks/a-secret');
    const details = { client: 'company-panel', origin: 'http://127.0.0.1:9' };
    expect((await recorded('client.webhook-set'))?.details).toEqual(details);
    await cli('webhooks', 'remove', 'company-panel');
    const removed = { details: { client: 'company-panel' }, actor: expect.any(String) };
    expect(await recorded('client.webhook-removed')).toMatchObject(removed);
    covered.add('client.webhook-set').add('client.webhook-removed');
  });
});

const covered = new Set<string>();

test('there is no other kind of event', () => {
  expect([...covered].sort()).toEqual([...auditTypes].sort());
});
