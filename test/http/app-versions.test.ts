/** "2FA werkt met deze versies van de Qaller en VAMOS app: Qaller 3.2.0, Vamos 1.3.0." */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { enrolled, problem, somebody, startService, useService } from '../support/service.ts';

const service = useService({ policy: null });
beforeAll(async () => {
  for (const policy of ['off', 'optional', 'mandatory']) {
    await service.organization({ policy }, policy);
  }
});

const inMandatory = { organizationId: 'mandatory' };
const tooOld = [
  [{ name: 'qaller', version: '3.1.9' }, '3.2.0'],
  [{ name: 'qaller', version: '3.2.0-beta.1' }, '3.2.0'],
  [{ name: 'qaller', version: 'newest' }, '3.2.0'],
  [{ name: 'qaller', version: '*' }, '3.2.0'],
  [{ name: 'qaller' }, '3.2.0'],
  [{ name: 'vamos', version: '1.2.99' }, '1.3.0'],
] as const;
const newEnough = [
  { name: 'qaller', version: '3.2.0' },
  { name: 'qaller', version: '3.10' },
  { name: 'vamos', version: '1.3.0' },
  { name: 'vamos', version: '2.0.0-rc.1' },
  { name: 'click-to-dial' },
  { name: 'uc-panel', version: '0.1' },
];

describe('an app that cannot show the second step', () => {
  test.each(tooOld)('has to be updated: %o', async (app, minimumVersion) => {
    const asked = { status: 'upgrade_required', minimumVersion, code: null, result: null };
    const screen = await somebody(service, inMandatory).signIn({ app });
    expect(screen.challenge).toMatchObject({ ...asked, enrolment: null });
  });

  test('makes no phone ring, and its challenge leads nowhere', async () => {
    const user = await enrolled(service, inMandatory);
    const calls = service.twilio.requests.length;
    const screen = await user.signIn({ app: { name: 'qaller', version: '3.1.0' } });
    const challenge = { status: 'upgrade_required', minimumVersion: '3.2.0' };
    expect(screen.challenge).toMatchObject(challenge);
    const finished = problem(409, 'challenge-finished', { challenge });
    expect(await screen.send()).toMatchObject(finished);
    expect(await screen.enter('0123')).toMatchObject(finished);
    expect(await screen.skip()).toMatchObject(finished);
    expect(await screen.addPhone(user.phone)).toMatchObject(finished);
    expect(service.twilio.requests).toHaveLength(calls);
  });

  test('passes where 2FA is off', async () => {
    const screen = await somebody(service, { organizationId: 'off' }).signIn({
      app: { name: 'vamos' },
    });
    expect(screen.challenge).toMatchObject({ status: 'approved', result: { amr: ['pwd'] } });
  });

  test('passes where setting up may be put off', async () => {
    const screen = await somebody(service, { organizationId: 'optional' }).signIn({
      app: { name: 'vamos', version: '1.2.0' },
    });
    expect(screen.challenge).toMatchObject({ status: 'approved', result: { amr: ['pwd'] } });
  });

  test('is not possible for a user with a factor, also under an optional policy', async () => {
    const user = await enrolled(service, { organizationId: 'optional' });
    const { challenge } = await user.signIn({ app: { name: 'vamos' } });
    expect(challenge.status).toBe('upgrade_required');
  });
});

describe('an app that can', () => {
  test.each(newEnough)('is shown it: %o', async (app) => {
    const { challenge } = await somebody(service, inMandatory).signIn({ app });
    expect(challenge.status).toBe('enrol');
    expect(challenge.minimumVersion).toBeUndefined();
  });
});

test('the minimum versions are the operator’s to set', async () => {
  const strict = await startService({ env: { MIN_APP_VERSIONS: 'click-to-dial=2.0' } });
  await strict.organization({ policy: 'mandatory' });
  const statusOf = async (app: object) => (await somebody(strict).signIn({ app })).challenge.status;
  expect(await statusOf({ name: 'click-to-dial', version: '1.9' })).toBe('upgrade_required');
  expect(await statusOf({ name: 'click-to-dial', version: '2.0' })).toBe('enrol');
  expect(await statusOf({ name: 'qaller', version: '1.0' })).toBe('enrol');
  await strict.close();
});
