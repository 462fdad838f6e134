/** A policy that is optional until a day and mandatory from then on, without a restart. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { query } from '../support/guessing.ts';
import { enrolled, problem, somebody, useService } from '../support/service.ts';
import { atSettings, owner } from '../support/settings-page.ts';

const service = useService({ policy: null, replicas: 2 });

const toCome = '2999-01-01T00:00:00.000Z';
const past = '2020-01-01T00:00:00.000Z';

async function anOrganization(body: object = {}): Promise<string> {
  const id = `org-${randomUUID()}`;
  await service.organization({ policy: 'optional', mandatoryFrom: toCome, ...body }, id);
  return id;
}

/** Lets the day come in the database: no call is made, and no replica is told. */
async function theDayComes(organizationId: string): Promise<void> {
  const text = `UPDATE organizations SET mandatory_from = clock_timestamp() WHERE id = $1`;
  await query(service, text, [organizationId]);
}

const postponable = (mandatoryFrom: string | null) => ({
  status: 'enrol',
  policy: 'optional',
  enrolment: { step: 'primary', skippable: true, mandatoryFrom },
});

const stopped = {
  status: 'enrol',
  policy: 'mandatory',
  enrolment: { step: 'primary', skippable: false, mandatoryFrom: null },
};

describe('before the day', () => {
  test('a user may still put it off, and the screen says until when', async () => {
    const organizationId = await anOrganization();
    const user = somebody(service, { organizationId });
    const screen = await user.signIn();
    expect(screen.challenge).toMatchObject(postponable(toCome));
    expect((await screen.look()).body).toMatchObject(postponable(toCome));
    await screen.addPhone(user.phone);
    expect((await screen.skip()).body).toMatchObject({ status: 'approved', enrolment: null });
  });

  test('the user page says optional', async () => {
    const organizationId = await anOrganization();
    const { body } = await atSettings(service, { userId: '42', organizationId }).read();
    expect(body.effectivePolicy).toBe('optional');
  });

  test('the last factor may be removed', async () => {
    const { page, user } = await owner(service, await anOrganization());
    expect((await page.remove(await page.idOf(user.phone))).status).toBe(204);
  });

  test('the day is not for someone who may not put it off anyway', async () => {
    const organizationId = await anOrganization();
    const { userId, signIn } = somebody(service, { organizationId });
    const { panel: bearer } = service.keys;
    const page = atSettings(service, { userId, organizationId, actor: 'boss', bearer });
    await page.setPolicy('mandatory');
    expect((await signIn()).challenge).toMatchObject(stopped);
  });

  test('the day is not for a backup: what becomes mandatory is there', async () => {
    const user = somebody(service, { organizationId: await anOrganization() });
    const screen = await user.signIn();
    await screen.addPhone(user.phone);
    expect((await screen.enter(user.heard())).body.enrolment).toMatchObject({
      step: 'backup',
      skippable: true,
      mandatoryFrom: null,
    });
  });

  test('without a day there is none to tell', async () => {
    const user = somebody(service, {
      organizationId: await anOrganization({ mandatoryFrom: null }),
    });
    expect((await user.signIn()).challenge).toMatchObject(postponable(null));
  });
});

describe('when the day comes', () => {
  test('the next login must enrol, on every replica', async () => {
    const organizationId = await anOrganization();
    const user = somebody(service, { organizationId });
    for (const replica of [0, 1])
      expect((await user.signIn({}, { replica })).challenge).toMatchObject(postponable(toCome));
    await theDayComes(organizationId);
    for (const replica of [0, 1]) {
      const screen = await user.signIn({}, { replica });
      expect(screen.challenge).toMatchObject(stopped);
      expect(await screen.skip()).toMatchObject(problem(403, 'enrolment-required'));
    }
  });

  test('an old app is stopped that let the user in before', async () => {
    const organizationId = await anOrganization();
    const user = somebody(service, { organizationId });
    const app = { name: 'qaller', version: '1.0.0' };
    expect((await user.signIn({ app })).challenge.status).toBe('approved');
    await theDayComes(organizationId);
    expect((await user.signIn({ app })).challenge.status).toBe('upgrade_required');
  });

  test('a challenge from before the day stays as it was judged at its start', async () => {
    const organizationId = await anOrganization();
    const user = somebody(service, { organizationId });
    const [skipping, confirming] = [await user.signIn(), await user.signIn()];
    await confirming.addPhone(user.phone);
    await theDayComes(organizationId);
    expect((await skipping.look()).body).toMatchObject({
      policy: 'optional',
      enrolment: { skippable: true },
    });
    for (const screen of [skipping, confirming])
      expect((await screen.skip()).body).toMatchObject({
        status: 'approved',
        result: { amr: ['pwd'] },
      });
  });

  test('the user page says mandatory, and the last factor may not be removed', async () => {
    const organizationId = await anOrganization();
    const { page, user } = await owner(service, organizationId);
    await theDayComes(organizationId);
    expect((await page.read()).body.effectivePolicy).toBe('mandatory');
    const refused = await page.remove(await page.idOf(user.phone));
    expect(refused).toMatchObject(problem(409, 'last-factor'));
  });

  test('someone with a factor notices nothing', async () => {
    const organizationId = await anOrganization();
    const user = await enrolled(service, { organizationId });
    await theDayComes(organizationId);
    const screen = await user.signIn();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('the organization is read as it was set', async () => {
    const organizationId = await anOrganization({ mandatoryFrom: past });
    const url = `/v1/organizations/${organizationId}`;
    const { body } = await service.call('GET', url, { bearer: service.keys.panel });
    expect(body).toMatchObject({ policy: 'optional', mandatoryFrom: past });
    expect((await somebody(service, { organizationId }).signIn()).challenge).toMatchObject(stopped);
  });
});

test.each([
  ['off', { status: 'approved', policy: 'off' }],
  ['mandatory', stopped],
])('with policy %s a day means nothing, past or to come', async (policy, expected) => {
  for (const mandatoryFrom of [past, toCome]) {
    const organizationId = await anOrganization({ policy, mandatoryFrom });
    const { challenge } = await somebody(service, { organizationId }).signIn();
    expect(challenge).toMatchObject(expected);
  }
});

describe('a dry run with a day', () => {
  /** How many would have to enrol, and on how many the change of policy falls with an old app. */
  async function impactOf(method: string, id: string, body: object) {
    const { panel: bearer } = service.keys;
    const url = `/v1/organizations/${id}?dryRun=true`;
    const { usersToEnrol, usersOnOldApp } = (await service.call(method, url, { bearer, body })).body
      .impact;
    return { usersToEnrol, usersOnOldApp };
  }

  test('counts as if it had come: who would have to enrol by then', async () => {
    const id = await anOrganization({ policy: 'off' });
    const login = { organizationId: id };
    for (const version of ['1.0.0', '3.2.0'])
      await somebody(service, login).signIn({ app: { name: 'qaller', version } });
    const now = { usersToEnrol: 0, usersOnOldApp: 0 };
    const then = { usersToEnrol: 2, usersOnOldApp: 1 };
    expect(await impactOf('PUT', id, { policy: 'optional' })).toEqual(now);
    for (const mandatoryFrom of [past, toCome])
      expect(await impactOf('PUT', id, { policy: 'optional', mandatoryFrom })).toEqual(then);
    expect(await impactOf('PUT', id, { policy: 'off', mandatoryFrom: toCome })).toEqual(now);
    expect(await impactOf('PATCH', id, { policy: 'optional' })).toEqual(then);
    expect(await impactOf('PATCH', id, { policy: 'optional', mandatoryFrom: null })).toEqual(now);
  });

  test('predicts what happens when the day comes', async () => {
    const id = await anOrganization();
    const [bare, ready] = [
      somebody(service, { organizationId: id }),
      await enrolled(service, { organizationId: id }),
    ];
    await bare.signIn();
    expect((await impactOf('PATCH', id, {})).usersToEnrol).toBe(1);
    await theDayComes(id);
    expect((await bare.signIn()).challenge).toMatchObject(stopped);
    expect((await ready.signIn()).challenge.status).toBe('verify');
  });
});
