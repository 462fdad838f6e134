/** Users as an administrator sees them, and a policy for one of them. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { enrolled, problem, somebody, useService } from '../support/service.ts';
import { addConfirmed, atSettings, owner, withBackup } from '../support/settings-page.ts';

const service = useService({ policy: null });
beforeAll(async () => {
  for (const policy of ['off', 'optional', 'mandatory'])
    await service.organization({ policy }, policy);
});

const asAdmin = (userId: string, organizationId: string) =>
  atSettings(service, { userId, organizationId, actor: 'boss', bearer: service.keys.panel });

const list = (organizationId: string, query = '', bearer = service.keys.panel) =>
  service.call('GET', `/v1/organizations/${organizationId}/users${query}`, { bearer });

const idsOf = (items: { userId: string }[]) => items.map(({ userId }) => userId);

describe('a user', () => {
  test.each(['mandatory', 'unheard-of'])('can be read before they exist: %s', async (id) => {
    const answer = await atSettings(service, { userId: 'unseen', organizationId: id }).read();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      organizationId: id,
      userId: 'unseen',
      policy: null,
      effectivePolicy: id === 'mandatory' ? 'mandatory' : 'off',
      enrolled: false,
      factors: [],
      devices: [],
      lockedUntil: null,
      knownDevices: [],
      recoveryCodesRemaining: 0,
    });
    expect(idsOf((await list(id)).body.items)).not.toContain('unseen');
  });

  test('is shown with hints alone, and devices without their tokens', async () => {
    const { user, page } = await owner(service, 'mandatory');
    const device = { id: 'd-1', platform: 'ios', pushToken: 'secret-token' };
    const screen = await user.signIn({ device });
    await screen.enter(user.heard());
    const { body } = await page.read();
    expect(body).toMatchObject({
      enrolled: true,
      factors: [{ method: 'call', role: 'primary', hint: `316*****${user.phone.slice(-2)}` }],
      devices: [{ id: 'd-1', platform: 'ios' }],
    });
    expect(JSON.stringify(body)).not.toContain(user.phone.slice(3));
    expect(JSON.stringify(body)).not.toContain(device.pushToken);
  });
});

describe('a policy for one user', () => {
  const skippable = { status: 'enrol', enrolment: { step: 'primary', skippable: true } };
  const required = { status: 'enrol', enrolment: { step: 'primary', skippable: false } };

  test.each([
    ['off', 'optional', 'optional', skippable],
    ['off', 'mandatory', 'mandatory', required],
    ['optional', 'optional', 'optional', skippable],
    ['optional', 'mandatory', 'mandatory', required],
    ['mandatory', 'optional', 'mandatory', required],
    ['mandatory', 'mandatory', 'mandatory', required],
  ])('%s for all and %s for one is %s for that one', async (all, own, effectivePolicy, asked) => {
    const user = somebody(service, { organizationId: all });
    const answer = await asAdmin(user.userId, all).setPolicy(own);
    expect(answer).toMatchObject({ status: 200, body: { policy: own, effectivePolicy } });
    expect((await user.signIn()).challenge).toMatchObject({ policy: effectivePolicy, ...asked });
    const colleague = await somebody(service, { organizationId: all }).signIn();
    expect(colleague.challenge.policy).toBe(all);
  });

  test('is taken away again by null', async () => {
    const user = somebody(service, { organizationId: 'off' });
    const admin = asAdmin(user.userId, 'off');
    await admin.setPolicy('mandatory');
    const answer = await admin.setPolicy(null);
    expect(answer).toMatchObject({ status: 200, body: { policy: null, effectivePolicy: 'off' } });
    expect((await user.signIn()).challenge.status).toBe('approved');
  });

  test('outlives the organization’s own, and joins in when that gets stricter', async () => {
    await service.organization({ policy: 'mandatory' }, 'moving');
    const user = somebody(service, { organizationId: 'moving' });
    await asAdmin(user.userId, 'moving').setPolicy('optional');
    await service.organization({ policy: 'off' }, 'moving');
    expect((await user.signIn()).challenge).toMatchObject(skippable);
    await service.organization({ policy: 'mandatory' }, 'moving');
    expect((await user.signIn()).challenge).toMatchObject(required);
  });

  test.each(['off', 'strict', '', 1])('is stricter or none: %j is refused', async (policy) => {
    const answer = await asAdmin('42', 'off').setPolicy(policy as string);
    const refused = { errors: [{ pointer: '/policy' }] };
    expect(answer).toMatchObject(problem(400, 'invalid-request', refused));
  });

  test('is not found for an unknown organization', async () => {
    const answer = await asAdmin('42', 'unheard-of').setPolicy('mandatory');
    expect(answer).toMatchObject(problem(404, 'not-found'));
  });
});

describe('the list of users', () => {
  const organizationId = 'listed';
  const people: Record<string, string> = {};

  beforeAll(async () => {
    await service.organization({ policy: 'optional' }, organizationId);
    const login = { organizationId };
    const twoPhones = await withBackup(service, organizationId);
    people['two phones'] = twoPhones.user.userId;
    people['one phone'] = (await enrolled(service, login)).userId;
    const postponing = somebody(service, login);
    await (await postponing.signIn()).skip();
    people['put it off'] = postponing.userId;
    const seen = somebody(service, login);
    await seen.signIn();
    people['only seen'] = seen.userId;
    const reformed = somebody(service, login);
    await (await reformed.signIn()).skip();
    const page = atSettings(service, { userId: reformed.userId, organizationId });
    await addConfirmed(service, page, reformed.phone);
    people['put it off once'] = reformed.userId;
    await enrolled(service, { organizationId: 'mandatory' });
  });

  test.each([
    ['', ['two phones', 'one phone', 'put it off', 'only seen', 'put it off once']],
    ['?state=enrolled', ['two phones', 'one phone', 'put it off once']],
    ['?state=no-backup', ['one phone', 'put it off once']],
    ['?state=postponed', ['put it off']],
    ['?state=locked', []],
  ])('%s has just those of the organization who are in it', async (query, names) => {
    const { body } = await list(organizationId, query);
    expect(new Set(idsOf(body.items))).toEqual(new Set(names.map((name) => people[name])));
    expect(body.nextCursor).toBeNull();
  });

  test('says of each what they have, and since when they put it off', async () => {
    const { items } = (await list(organizationId)).body;
    const of = (name: string) =>
      items.find(({ userId }: { userId: string }) => userId === people[name]);
    const nothing = { policy: null, unreachable: false, postponedAt: null, lockedUntil: null };
    const userId = people['two phones'];
    expect(of('two phones')).toEqual({ ...nothing, userId, factors: 2 });
    expect(of('put it off')).toMatchObject({ factors: 0, postponedAt: expect.any(String) });
    expect(of('put it off once')).toMatchObject({ factors: 1, postponedAt: null });
  });

  test('of an unknown organization is empty', async () => {
    expect((await list('unheard-of')).body).toEqual({ items: [], nextCursor: null });
  });

  test('is for administrators', async () => {
    const answer = await list(organizationId, '', service.keys.users);
    expect(answer).toMatchObject(problem(403, 'forbidden'));
  });
});
