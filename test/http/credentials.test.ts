/** Which credential opens what, and nothing else. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createApiKey, parseApiKey } from '../../src/domain/secrets/api-key.ts';
import { anEntry } from '../support/people.ts';
import { enrolled, problem, signIn, somebody, useService } from '../support/service.ts';

const service = useService({ replicas: 2 });
afterEach(() => {
  jest.restoreAllMocks();
});

const behindKey: [method: string, url: string, scope: string, body?: object][] = [
  ['POST', '/v1/challenges', 'challenges', {}],
  ['POST', '/v1/results/redeem', 'challenges', {}],
  ['PUT', '/v1/organizations/acme', 'admin', { policy: 'off' }],
  ['GET', '/v1/organizations/acme', 'admin'],
];
const behindToken: [method: string, url: string, body?: object][] = [
  ['GET', '/v1/challenge'],
  ['POST', '/v1/challenge/code', {}],
  ['POST', '/v1/challenge/verify', { code: '0123' }],
  ['POST', '/v1/challenge/factors', { method: 'push' }],
  ['POST', '/v1/challenge/skip', {}],
  ['DELETE', '/v1/challenge'],
];

const unauthenticated = problem(401, 'unauthenticated');

describe.each(behindKey)('%s %s', (method, url, scope, body) => {
  test('is refused without a credential, and says which kind', async () => {
    const answer = await service.call(method, url, { body });
    expect(answer).toMatchObject(unauthenticated);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test(`is forbidden to a key without the scope ${scope}`, async () => {
    const bearer = service.keys.users;
    expect(await service.call(method, url, { bearer, body })).toMatchObject(
      problem(403, 'forbidden'),
    );
  });

  test('is not opened by a challenge token', async () => {
    const { token: bearer } = await somebody(service).signIn();
    expect(await service.call(method, url, { bearer, body })).toMatchObject(unauthenticated);
  });

  test('is not opened by a key that resembles one of ours', async () => {
    const key = service.keys.panel;
    const { id, secret } = parseApiKey(key) ?? { id: '', secret: '' };
    const other = parseApiKey(service.keys.qaller)?.secret;
    const flipped = secret.startsWith('A') ? `B${secret.slice(1)}` : `A${secret.slice(1)}`;
    const forged = [
      `dck_${id}_${flipped}`,
      `dck_${id}_${other}`,
      `dck_${'0'.repeat(16)}_${secret}`,
    ];
    for (const bearer of [...forged, key.slice(0, -1), `${key}A`, 'dck', id, secret]) {
      expect(await service.call(method, url, { bearer, body })).toMatchObject(unauthenticated);
    }
  });
});

describe.each(behindToken)('%s %s', (method, url, body) => {
  test('is refused without a credential', async () => {
    expect(await service.call(method, url, { body })).toMatchObject(unauthenticated);
  });

  test('is not opened by an API key of any scope', async () => {
    const bearer = service.keys.panel;
    const answer = await service.call(method, url, { bearer, body });
    expect(answer).toMatchObject(unauthenticated);
    expect(answer.body.challenge).toBeUndefined();
  });

  test('is not opened by a result token', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const { result } = (await screen.enter(user.heard())).body;
    const answer = await service.call(method, url, { bearer: result.token, body });
    expect(answer).toMatchObject(unauthenticated);
  });

  test('is not opened by a token that was tampered with', async () => {
    const [mine, theirs] = await Promise.all([somebody(service).signIn(), signIn(service)]);
    const [header, , signature] = mine.token.split('.');
    const [, claims] = theirs.token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"challenge+jwt","kid":"k1"}').toString(
      'base64url',
    );
    for (const bearer of [
      `${header}.${claims}.${signature}`,
      `${none}.${claims}.`,
      mine.token.slice(1),
    ])
      expect(await service.call(method, url, { bearer, body })).toMatchObject(unauthenticated);
  });
});

describe('a challenge token', () => {
  test('is no result', async () => {
    const { token } = await somebody(service).signIn();
    const body = { token };
    expect(
      await service.call('POST', '/v1/results/redeem', { bearer: service.keys.panel, body }),
    ).toMatchObject(problem(422, 'result-invalid'));
  });

  test('opens its challenge on every replica', async () => {
    const { look, challenge } = await somebody(service).signIn();
    expect((await look({ replica: 1 })).body.id).toBe(challenge.id);
  });

  test('of a challenge that the store lost is expired, not unknown', async () => {
    const { look } = await somebody(service).signIn();
    await service.advance(15 * 60_000);
    expect(await look()).toMatchObject(problem(401, 'challenge-expired'));
  });
});

describe('an authorization header', () => {
  const ask = (authorization: string) =>
    service.call('GET', '/v1/organizations/acme', { headers: { authorization } });

  test('takes its scheme in any case', async () => {
    expect((await ask(`bearer ${service.keys.panel}`)).status).toBe(200);
  });

  test.each(['', 'Bearer', 'Bearer ', 'Basic x', 'Bearer a b', 'Bearer é', 'x'.repeat(8000)])(
    'that makes no sense is refused: %s',
    async (header) => {
      expect(await ask(header)).toMatchObject(unauthenticated);
    },
  );

  test('without its scheme is refused', async () => {
    expect(await ask(service.keys.panel)).toMatchObject(unauthenticated);
  });
});

describe('a key that was revoked', () => {
  test('stops working within ten seconds on a replica that knew it, and at once on others', async () => {
    const { directory } = service;
    const bearer = await createApiKey(
      directory.clients,
      { name: 'leaked', scopes: ['admin'] },
      () => anEntry,
    );
    const ask = (replica: number) =>
      service.call('GET', '/v1/organizations/acme', { bearer, replica });
    expect((await ask(0)).status).toBe(200);
    await directory.clients.revoke(parseApiKey(bearer)?.id ?? '', anEntry);
    expect(await ask(1)).toMatchObject(unauthenticated);

    const clock = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => clock() + 10_000);
    expect(await ask(0)).toMatchObject(unauthenticated);
  });
});
