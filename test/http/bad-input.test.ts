/** What is not as described is refused by name, costs nothing and is never repeated. */
import { describe, expect, test } from '@jest/globals';
import { enrolled, problem, useService } from '../support/service.ts';

const service = useService();

const aStart = { organizationId: 'acme', userId: '7', app: { name: 'company-panel' } };
const aDevice = { id: 'd-1', platform: 'android', pushToken: 'token' };

/** Sends text as it is, which need not be JSON. */
function post(url: string, payload: string | Buffer, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${service.keys.panel}`;
  const all = { authorization, 'content-type': 'application/json', ...headers };
  return service.app.inject({ method: 'POST', url, payload, headers: all });
}

const start = (body: unknown) => post('/v1/challenges', JSON.stringify(body));

describe('starting a challenge', () => {
  test.each<[pointer: string, body: unknown]>([
    ['/organizationId', { ...aStart, organizationId: undefined }],
    ['/userId', { ...aStart, userId: undefined }],
    ['/app', { ...aStart, app: undefined }],
    ['/app/name', { ...aStart, app: { version: '1.0' } }],
    ['/app/name', { ...aStart, app: { name: 'Company Panel' } }],
    ['/app/build', { ...aStart, app: { name: 'qaller', build: 3 } }],
    ['/userId', { ...aStart, userId: 42 }],
    ['/userId', { ...aStart, userId: null }],
    ['/userId', { ...aStart, userId: '' }],
    ['/userId', { ...aStart, userId: ' 42' }],
    ['/userId', { ...aStart, userId: '42\n' }],
    ['/userId', { ...aStart, userId: 'a\u0000b' }],
    ['/userId', { ...aStart, userId: 'a\ud800b' }],
    ['/userId', { ...aStart, userId: 'a\u202eb' }],
    ['/userId', { ...aStart, userId: 'x'.repeat(129) }],
    ['/userId', { ...aStart, userId: '.' }],
    ['/userId', { ...aStart, userId: '..' }],
    ['/userId', { ...aStart, userId: 'Zoe\u0308' }],
    ['/organizationId', { ...aStart, organizationId: '..' }],
    ['/organizationId', { ...aStart, organizationId: 'cafe\u0301' }],
    ['/organizationId', { ...aStart, organizationId: ['acme'] }],
    ['/language', { ...aStart, language: 31 }],
    ['/purpose', { ...aStart, purpose: 'factor' }],
    ['/purpose', { ...aStart, purpose: 'logout' }],
    ['/send', { ...aStart, send: 'true' }],
    ['/send', { ...aStart, send: 0 }],
    ['/device', { ...aStart, device: 'd-1' }],
    ['/device/pushToken', { ...aStart, device: { ...aDevice, pushToken: 1 } }],
    ['/device/id', { ...aStart, device: { platform: 'ios', pushToken: 'token' } }],
    ['/device/name', { ...aStart, device: { ...aDevice, name: 'mine' } }],
    ['/phoneNumber', { ...aStart, phoneNumber: '0612345678' }],
    ['/a~1b~0c', { ...aStart, 'a/b~c': 1 }],
    ['', [aStart]],
    ['', null],
    ['', 'acme'],
  ])('names %s in %j', async (pointer, body) => {
    const answer = await start(body);
    expect(answer.statusCode).toBe(400);
    const { type, errors } = answer.json();
    expect(type).toBe('/problems/invalid-request');
    expect(errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });

  test.each([
    '42',
    'x'.repeat(128),
    '😀'.repeat(128),
    'Zoë de Vries',
    '...',
    '..a',
    '.a',
    'ნინო',
    '{"$ne":1}',
    "' OR 1=1 --",
    '*',
  ])('takes any printable id: %s', async (userId) => {
    const answer = await start({ ...aStart, userId });
    expect(answer.statusCode).toBe(201);
    const bearer: string = answer.json().challengeToken;
    expect((await service.call('GET', '/v1/challenge', { bearer })).status).toBe(200);
  });

  test('names every field that is wrong, up to ten, and repeats no value', async () => {
    const secret = 'a-secret-value';
    const some = await start({ organizationId: '', userId: 3, app: { name: `!${secret}` } });
    const pointers = some.json().errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/organizationId', '/userId', '/app/name']));
    expect(some.body).not.toContain(secret);
    const unknown = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field-${i}`, i]));
    expect((await start({ ...aStart, ...unknown })).json().errors).toHaveLength(10);
  });

  test.each(['{', '{"userId":', 'undefined', "{'a':1}", '{"a":1}{"b":2}', '{"a":NaN}', '\ufeff{'])(
    'refuses what is no JSON: %s',
    async (text) => {
      const answer = await post('/v1/challenges', text);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().type).toBe('/problems/invalid-request');
    },
  );

  test.each(['{"__proto__":{"send":false},', '{"constructor":{"prototype":{"x":1}},'])(
    'refuses a body that reaches for a prototype: %s',
    async (beginning) => {
      const answer = await post('/v1/challenges', beginning + JSON.stringify(aStart).slice(1));
      expect(answer.statusCode).toBe(400);
      expect(({} as { x?: number }).x).toBeUndefined();
    },
  );

  test('names what is missing from an empty body, and from none', async () => {
    for (const answer of [await post('/v1/challenges', ''), await post('/v1/challenges', '{}')]) {
      const { errors } = answer.json();
      expect(errors).toHaveLength(3);
      expect(errors).toContainEqual({ pointer: '/userId', detail: 'is missing' });
    }
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'text/json',
    'application/xml',
    'json',
  ])('takes JSON alone, not %s', async (contentType) => {
    const body = JSON.stringify(aStart);
    const answer = await post('/v1/challenges', body, { 'content-type': contentType });
    expect(answer.statusCode).toBe(415);
    expect(answer.json().type).toBe('/problems/unsupported-media-type');
  });

  test('takes JSON that names its charset', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await post('/v1/challenges', JSON.stringify(aStart), headers)).statusCode).toBe(201);
  });

  test('takes 16 KiB and no more', async () => {
    const padded = (length: number) => JSON.stringify(aStart).padEnd(length);
    expect((await post('/v1/challenges', padded(16 * 1024))).statusCode).toBe(201);
    const answer = await post('/v1/challenges', padded(16 * 1024 + 1));
    expect(answer.statusCode).toBe(413);
    expect(answer.json().type).toBe('/problems/payload-too-large');
  });
});

describe('a screen that sends nonsense', () => {
  const nonsense: [url: string, pointer: string, body: unknown][] = [
    ['/verify', '/code', {}],
    ['/verify', '/code', { code: 1234 }],
    ['/verify', '/code', { code: ['0123'] }],
    ['/verify', '/code', { code: null }],
    ['/verify', '/method', { code: '0123', method: 'call' }],
    ['/code', '/factorId', { factorId: 1 }],
    ['/code', '/phoneNumber', { phoneNumber: '0612345678' }],
    ['/factors', '/method', {}],
    ['/factors', '/method', { method: 'fax' }],
    ['/factors', '/method', { method: '__proto__' }],
    ['/factors', '/phoneNumber', { method: 'call' }],
    ['/factors', '/phoneNumber', { method: 'call', phoneNumber: 612345678 }],
    ['/factors', '/phoneNumber', { method: 'push', phoneNumber: '0612345678' }],
    ['/skip', '/step', { step: 'backup' }],
  ];

  test.each(nonsense)('at %s is told %s', async (path, pointer, body) => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const calls = service.twilio.requests.length;
    const url = `/v1/challenge${path}`;
    const answer = await service.call('POST', url, { bearer: screen.token, body });
    const challenge = { status: 'verify', code: { attemptsRemaining: 5 } };
    const errors = [{ pointer, detail: expect.any(String) }];
    expect(answer).toMatchObject(problem(400, 'invalid-request', { challenge, errors }));
    expect(service.twilio.requests).toHaveLength(calls);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('in another form still gets its challenge drawn', async () => {
    const { token } = await (await enrolled(service)).signIn();
    const authorization = `Bearer ${token}`;
    for (const [text, type] of [
      ['x'.repeat(20_000), 'application/json'],
      ['code=0123', 'application/x-www-form-urlencoded'],
      ['{', 'application/json'],
    ] as const) {
      const headers = { authorization, 'content-type': type };
      const answer = await post('/v1/challenge/verify', text, headers);
      expect([400, 413, 415]).toContain(answer.statusCode);
      const code = { attemptsRemaining: 5 };
      expect(answer.json().challenge).toMatchObject({ status: 'verify', code });
    }
  });
});

describe('an organization', () => {
  test.each<[pointer: string, body: object]>([
    ['/policy', {}],
    ['/policy', { policy: 'strict' }],
    ['/language', { policy: 'off', language: 'dutch please' }],
    ['/country', { policy: 'off', country: 'nl' }],
    ['/country', { policy: 'off', country: 'NLD' }],
    ['/country', { policy: 'off', country: 'UK' }],
    ['/country', { policy: 'off', country: 'EU' }],
    ['/country', { policy: 'off', country: 'XX' }],
    ['/backup', { policy: 'off', backup: true }],
    ['/name', { policy: 'off', name: 'Acme' }],
  ])('gets the error %s for %j, and does not change', async (pointer, body) => {
    const bearer = service.keys.panel;
    const errors = [{ pointer, detail: expect.any(String) }];
    expect(await service.call('PUT', '/v1/organizations/acme', { bearer, body })).toMatchObject(
      problem(400, 'invalid-request', { errors }),
    );
    const read = await service.call('GET', '/v1/organizations/acme', { bearer });
    expect(read.body).toMatchObject({ policy: 'mandatory', language: 'nl-NL', country: 'NL' });
  });

  test('learns the code of the United Kingdom', async () => {
    const body = { policy: 'off', country: 'UK' };
    const request = { bearer: service.keys.panel, body };
    const { errors } = (await service.call('PUT', '/v1/organizations/acme', request)).body;
    expect(errors[0].detail).toContain('GB');
    const british = { ...request, body: { policy: 'off', country: 'GB' } };
    expect((await service.call('PUT', '/v1/organizations/british', british)).status).toBe(201);
  });

  test.each(['%20acme', 'a%00b', 'x'.repeat(129), '%E2%80%AE'])(
    'has no such name: %s',
    async (id) => {
      const request = { bearer: service.keys.panel, body: { policy: 'off' } };
      const answer = await service.call('PUT', `/v1/organizations/${id}`, request);
      const errors = [{ pointer: '/organizationId' }];
      expect(answer).toMatchObject(problem(400, 'invalid-request', { errors }));
    },
  );
});
