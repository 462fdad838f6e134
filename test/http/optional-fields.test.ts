/** What is optional never stops a login: it is read as well as it can be, else left out. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { problem, somebody, useService } from '../support/service.ts';

const service = useService();
beforeAll(() => service.organization({ policy: 'mandatory', language: 'de-DE' }));

const started = async (body: object) => {
  const answer = await somebody(service).signIn(body);
  expect(answer.challenge).toMatchObject({ status: 'enrol' });
  return answer.challenge;
};

describe('the language of the screens', () => {
  test.each([
    ['nl-NL-u-nu-latn', 'nl-NL'],
    ['nl-BE-x-private', 'nl-BE'],
    ['nl_NL', 'nl-NL'],
    ['nl_NL.UTF-8', 'nl-NL'],
    ['NL-nl', 'nl-NL'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['en-GB-oxendict', 'en-GB'],
    ['ca-valencia', 'ca'],
    ['fr', 'fr'],
  ])('of %j is %s', async (language, read) => {
    expect((await started({ language })).language).toBe(read);
  });

  test.each(['', 'Nederlands', '../../etc', 'und', '*', 'x-klingon', 'nl-NL-'.repeat(300), null])(
    'of %j is the organization’s',
    async (language) => {
      expect((await started({ language })).language).toBe('de-DE');
    },
  );
});

describe('the version of the app', () => {
  const qaller = (version: unknown) => ({ app: { name: 'qaller', version } });

  test.each(['3.2.0 (1234)', '3.2.0\u00a0(1234)', '3.2.0\n', ' 3.2.0 '])(
    '%j is 3.2.0',
    async (version) => {
      await started(qaller(version));
    },
  );

  test.each(['', '\u0000', null, 'x'.repeat(3_000), '٣.٢.٠'])(
    '%j is none, and no error',
    async (version) => {
      const { challenge } = await somebody(service).signIn(qaller(version));
      expect(challenge).toMatchObject({ status: 'upgrade_required', minimumVersion: '3.2.0' });
    },
  );
});

describe('the device of the app', () => {
  const aDevice = { id: 'd-1', platform: 'android', pushToken: 'a-token' };

  test.each([
    ['iOS', 'ios'],
    ['Android 14', 'android-14'],
    ['iPadOS®', 'ipados'],
    ['', 'unknown'],
    [null, 'unknown'],
    ['x'.repeat(500), 'x'.repeat(32)],
  ])('with the platform %j is one of %s', async (platform, read) => {
    const user = somebody(service);
    const pushToken = `token-of-${user.userId}`;
    const screen = await user.signIn({ device: { id: 'd-1', platform, pushToken } });
    await screen.addPush();
    await screen.enter(service.google.codeFor(pushToken));
    const headers = { 'x-actor': user.userId };
    const url = `/v1/organizations/acme/users/${user.userId}`;
    const { body } = await service.call('GET', url, { bearer: service.keys.users, headers });
    expect(body.devices).toMatchObject([{ id: 'd-1', platform: read }]);
  });

  test.each<[what: string, device: unknown]>([
    ['no push token yet', { ...aDevice, pushToken: '' }],
    ['a push token of null', { ...aDevice, pushToken: null }],
    ['no push token at all', { id: 'd-1', platform: 'ios' }],
    ['a push token that is none', { ...aDevice, pushToken: 'a token' }],
    ['an empty id', { ...aDevice, id: '' }],
    ['an id with a control character', { ...aDevice, id: 'a\u0000' }],
    ['nothing', null],
  ])('with %s is left out', async (_what, device) => {
    const screen = await somebody(service).signIn({ device });
    expect(await screen.addPush()).toMatchObject(problem(409, 'no-device'));
  });
});

test('what is left out is logged by name, without its value', async () => {
  await started({ language: 'Klingonisch' });
  const said = service.logLines.map((line) => JSON.parse(line));
  expect(said).toContainEqual(expect.objectContaining({ field: 'language' }));
  expect(service.logLines.join()).not.toContain('Klingonisch');
});

test('an unreadable X-Actor does not stop a login, which does not need it', async () => {
  const { userId } = somebody(service);
  const answer = await service.start({ userId }, { headers: { 'x-actor': "UTF-8''%zz" } });
  expect(answer.status).toBe(201);
});
