/** "2FA kan optioneel of verplicht worden ingesteld": what that would mean, before it is done. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { organizationDefaults } from '../../src/domain/policy.ts';
import { dump } from '../support/dump.ts';
import { enrolled, problem, somebody, useService } from '../support/service.ts';
import { atSettings, withBackup } from '../support/settings-page.ts';

const service = useService({ policy: null });
const organizationId = 'mixed';
const login = { organizationId };

const put = (id: string, body: object, query = '?dryRun=true') =>
  service.call('PUT', `/v1/organizations/${id}${query}`, { bearer: service.keys.panel, body });

type Person = { userId: string; signIn: (body: object) => Promise<unknown> };

/** Lets someone in on an app, the password alone being enough. */
async function seenOn(person: Person, name: string, version?: string): Promise<void> {
  await person.signIn({ app: { name, ...(version && { version }) } });
}

function ownPolicy({ userId }: { userId: string }, policy: string) {
  const { panel: bearer } = service.keys;
  return atSettings(service, { userId, organizationId, actor: 'boss', bearer }).setPolicy(policy);
}

beforeAll(async () => {
  await service.organization({ policy: 'optional' }, organizationId);
  const phoneOldQaller = await enrolled(service, login);
  const phoneOwnMandatory = await enrolled(service, login);
  const backedUpNewVamos = (await withBackup(service, organizationId)).user;
  const backedUpOldVamos = (await withBackup(service, organizationId)).user;
  await service.organization({ policy: 'off' }, organizationId);

  await seenOn(somebody(service, login), 'company-panel');
  await seenOn(somebody(service, login), 'qaller', '3.1.9');
  await seenOn(somebody(service, login), 'qaller', '3.2.0');
  await seenOn(phoneOldQaller, 'qaller', '2.0.0');
  await seenOn(backedUpNewVamos, 'vamos', '1.0.0');
  await seenOn(backedUpNewVamos, 'vamos', '1.3.0');
  await seenOn(backedUpOldVamos, 'vamos', '1.3.0');
  await seenOn(backedUpOldVamos, 'vamos', '1.2.99');
  await seenOn(phoneOwnMandatory, 'qaller', '3.2.0-beta');
  await ownPolicy(phoneOwnMandatory, 'mandatory');
  const ownOptional = somebody(service, login);
  await seenOn(ownOptional, 'qaller');
  await ownPolicy(ownOptional, 'optional');
  await ownPolicy({ userId: 'never-signed-in' }, 'mandatory');

  await service.organization({ policy: 'off' }, 'neighbours');
  await seenOn(somebody(service, { organizationId: 'neighbours' }), 'qaller', '1.0.0');
});

describe('a dry run of a change of policy', () => {
  test.each([
    [
      'off',
      {
        usersToEnrol: 1,
        usersWithoutBackup: 1,
        usersOnOldApp: 1,
        usersWithoutOfferedFactor: 0,
        usersUnreachable: 0,
      },
    ],
    [
      'optional',
      {
        usersToEnrol: 1,
        usersWithoutBackup: 2,
        usersOnOldApp: 3,
        usersWithoutOfferedFactor: 0,
        usersUnreachable: 0,
      },
    ],
    [
      'mandatory',
      {
        usersToEnrol: 5,
        usersWithoutBackup: 2,
        usersOnOldApp: 5,
        usersWithoutOfferedFactor: 0,
        usersUnreachable: 0,
      },
    ],
  ])('to %s counts whom it would concern', async (policy, impact) => {
    const answer = await put(organizationId, { policy });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ id: organizationId, policy, ...organizationDefaults, impact });
  });

  test('changes nothing, in neither store', async () => {
    const before = await dump(service);
    await put(organizationId, { policy: 'mandatory', language: 'de-DE', backup: 'required' });
    await put('unheard-of', { policy: 'mandatory' });
    expect(await dump(service)).toBe(before);
  });

  test('predicts what happens: a counted user is stopped at their next login', async () => {
    const { impact } = (await put('neighbours', { policy: 'mandatory' })).body;
    expect(impact).toEqual({
      usersToEnrol: 1,
      usersWithoutBackup: 0,
      usersOnOldApp: 1,
      usersWithoutOfferedFactor: 0,
      usersUnreachable: 0,
    });
    expect((await put('neighbours', { policy: 'mandatory' }, '?dryRun=false')).body).toEqual({
      id: 'neighbours',
      policy: 'mandatory',
      ...organizationDefaults,
    });
    const list = '/v1/organizations/neighbours/users';
    const { items } = (await service.call('GET', list, { bearer: service.keys.panel })).body;
    const [{ userId }] = items;
    const start = { organizationId: 'neighbours', userId };
    const onOld = await service.start({ ...start, app: { name: 'qaller', version: '1.0.0' } });
    expect(onOld.body.status).toBe('upgrade_required');
    expect((await service.start(start)).body.status).toBe('enrol');
  });

  test('of an unknown organization concerns no user, and does not create it', async () => {
    const { status, body } = await put('unheard-of', { policy: 'mandatory' });
    const impact = {
      usersToEnrol: 0,
      usersWithoutBackup: 0,
      usersOnOldApp: 0,
      usersWithoutOfferedFactor: 0,
      usersUnreachable: 0,
    };
    expect({ status, impact: body.impact }).toEqual({ status: 200, impact });
    const url = '/v1/organizations/unheard-of';
    const read = await service.call('GET', url, { bearer: service.keys.panel });
    expect(read).toMatchObject(problem(404, 'not-found'));
  });

  test.each([
    ['?dryRun=yes', { policy: 'off' }, '/dryRun'],
    ['?dryRun=', { policy: 'off' }, '/dryRun'],
    ['?dryrun=true', { policy: 'mandatory' }, '/dryrun'],
    ['?dryRun=true', { policy: 'strict' }, '/policy'],
  ])('is never half meant: %s %j is refused', async (query, body, pointer) => {
    const before = await dump(service);
    const refused = problem(400, 'invalid-request', { errors: [{ pointer }] });
    expect(await put(organizationId, body, query)).toMatchObject(refused);
    expect(await dump(service)).toBe(before);
  });
});
