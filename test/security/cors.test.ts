/** Which pages may call us from another origin, and what: never what takes an API key. */
import { describe, expect, test } from '@jest/globals';
import { operations } from '../support/description.ts';
import { type Answer, enrolled, somebody, useService, wrong } from '../support/service.ts';

const origin = 'https://panel.example';
const development = 'http://localhost:5173';
const service = useService({ env: { CORS_ORIGINS: `${origin}, ${development}` } });

const preflight = (url: string, method: string, from = origin): Promise<Answer> =>
  service.call('OPTIONS', url, {
    headers: {
      origin: from,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  });

const listOf = (header: unknown) => String(header).toLowerCase().split(/, */);

/** The headers by which a browser lets a page read an answer. */
function corsOf({ headers }: Answer): Record<string, unknown> {
  const names = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
  return Object.fromEntries(names.map((name) => [name, headers[name]]));
}

/** Every operation that we describe, at an address where nothing is. */
const calls = operations().map(({ method, path, door }) => {
  return { method, url: path.replaceAll(/\{\w+\}/g, 'nobody'), door };
});

const isOpened = ({ url }: { url: string }) => /^\/v1\/challenge(\/|$)/.test(url);

describe('a page of an origin that is named', () => {
  test.each(['GET', 'POST', 'PATCH', 'DELETE'])('may ask to send %s', async (method) => {
    for (const from of [origin, development]) {
      const { status, headers, body } = await preflight('/v1/challenge', method, from);
      expect({ status, body }).toEqual({ status: 204, body: '' });
      expect(headers['access-control-allow-origin']).toBe(from);
      expect(listOf(headers['access-control-allow-methods'])).toContain(method.toLowerCase());
      const taken = listOf(headers['access-control-allow-headers']);
      for (const name of ['authorization', 'content-type', 'idempotency-key', 'if-none-match'])
        expect(taken).toContain(name);
      expect(headers['vary']).toBe('Origin');
    }
  });

  test('may ask for each call that takes a challenge token', async () => {
    const withToken = calls.filter(({ door }) => door === 'challengeToken');
    expect(withToken.length).toBeGreaterThan(5);
    for (const { method, url } of withToken) {
      const { status, headers } = await preflight(url, method);
      expect([url, status, headers['access-control-allow-origin']]).toEqual([url, 204, origin]);
    }
  });

  test('reads every answer of a login, also a problem, with what a screen needs', async () => {
    const user = await enrolled(service);
    const { token, enter } = await user.signIn();
    const from = { headers: { origin } };
    const as = (method: string, path: string, body?: object) =>
      service.call(method, `/v1/challenge${path}`, { bearer: token, body, ...from });
    const answers: [status: number, answer: Answer][] = [
      [200, await as('GET', '')],
      [200, await as('GET', '?wait=1')],
      [429, await as('POST', '/code')],
      [422, await as('POST', '/verify', { code: wrong(user.heard()) })],
      [400, await as('POST', '/verify', { code: 'x' })],
      [405, await as('PUT', '/verify')],
      [401, await service.call('GET', '/v1/challenge', from)],
      [200, await enter(user.heard(), from)],
      [409, await as('DELETE', '')],
    ];
    for (const [status, answer] of answers) {
      expect(answer.status).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe(origin);
      const readable = listOf(answer.headers['access-control-expose-headers']);
      for (const name of ['etag', 'retry-after', 'x-request-id', 'idempotency-replayed'])
        expect(readable).toContain(name);
    }
  });

  test('sends no cookies', async () => {
    const answers = [await preflight('/v1/challenge', 'GET')];
    answers.push(await service.call('GET', '/v1/challenge', { headers: { origin } }));
    for (const answer of answers)
      expect(corsOf(answer)).not.toHaveProperty('access-control-allow-credentials');
  });

  test('may call nothing that takes an API key, and nothing else', async () => {
    const closed = calls.filter((one) => !isOpened(one));
    expect(closed.filter(({ door }) => door === 'apiKey').length).toBeGreaterThan(15);
    const pages = [
      '/docs',
      '/openapi.json',
      '/nowhere',
      '/v1/challengers',
      '/v1/challenge/nowhere',
    ];
    const all = [...closed, ...pages.map((url) => ({ method: 'GET', url }))];
    for (const { method, url } of all) {
      const asked = await preflight(url, method);
      const answer = await service.call(method, url, {
        bearer: service.keys.panel,
        headers: { origin },
      });
      expect([url, corsOf(asked), corsOf(answer)]).toEqual([url, {}, {}]);
      expect(asked.status).toBeGreaterThanOrEqual(404);
    }
  });
});

test('no call below /v1/challenge takes an API key', () => {
  expect(calls.filter((one) => isOpened(one) && one.door === 'apiKey')).toEqual([]);
});

describe('a page of any other origin', () => {
  const others = [
    'https://evil.example',
    'https://panel.example.evil.example',
    'https://evil-panel.example',
    'http://panel.example',
    'https://panel.example:8443',
    'https://PANEL.example',
    'https://sub.panel.example',
    `${origin}, https://evil.example`,
    'null',
    '',
  ];

  test.each(others)('is told nothing: %j', async (from) => {
    const { token } = await somebody(service).signIn();
    const asked = await preflight('/v1/challenge', 'GET', from);
    const answer = await service.call('GET', '/v1/challenge', {
      bearer: token,
      headers: { origin: from },
    });
    expect([asked.status, corsOf(asked)]).toEqual([405, {}]);
    expect([answer.status, corsOf(answer)]).toEqual([200, {}]);
    expect(answer.headers['vary']).toBe('Origin');
  });
});

test('OPTIONS that is no preflight is a method like any other', async () => {
  for (const headers of [{}, { origin }] as Record<string, string>[]) {
    const answer = await service.call('OPTIONS', '/v1/challenge', { headers });
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toMatch(/GET/);
  }
});
