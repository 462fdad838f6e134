/** What those who run it look at, and what every answer carries. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { problemNames } from '../../src/domain/problems.ts';
import { methodsOf } from '../support/description.ts';
import { type Answer, problem, startService, useService } from '../support/service.ts';

const service = useService({ policy: null });

const get = (url: string, headers = {}) => service.call('GET', url, { headers });
const described = readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8');
const words = new Set(described.match(/[a-z]+(-[a-z]+)*/g));

describe('health', () => {
  test('is live and ready', async () => {
    expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  test('is live but not ready as soon as it has to stop', async () => {
    const stopping = await startService();
    stopping.stop();
    const notReady = await stopping.call('GET', '/health/ready');
    expect(notReady).toMatchObject(problem(503, 'unavailable'));
    expect(notReady.headers['retry-after']).toBe('1');
    const live = await stopping.call('GET', '/health/live');
    expect(live).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await stopping.close();
  });
});

type Described = { responses: Record<string, object> };

describe('the description', () => {
  test('that is served is the one in openapi.yaml', async () => {
    const { status, body } = await get('/openapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(parse(described));
  });

  test('asks for a body only where something in it is needed', async () => {
    const { paths } = parse(described);
    const needed = (path: string) => paths[path].post.requestBody.required;
    expect(needed('/v1/challenge/skip')).toBe(false);
    expect(needed('/v1/challenge/code')).toBe(false);
    expect(needed('/v1/challenge/verify')).toBe(true);
    expect(needed('/v1/challenge/factors')).toBe(true);
    expect(needed('/v1/challenges')).toBe(true);
  });

  test('describes for every call with a body how that can be refused', async () => {
    const { paths } = parse(described);
    for (const [path, operations] of Object.entries<Record<string, Described>>(paths))
      for (const [method, { responses }] of methodsOf(operations)) {
        const statuses = Object.keys(responses);
        const refusals = method === 'get' ? ['400', '500'] : ['400', '413', '415', '500'];
        expect([path, method, statuses]).toEqual([path, method, expect.arrayContaining(refusals)]);
      }
  });

  test('has a page to read it on', async () => {
    const page = await service.app.inject({ method: 'GET', url: '/docs' });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
  });

  test.each(problemNames)('names the problem %s, which has a page', async (name) => {
    expect(words.has(name)).toBe(true);
    const page = await get(`/problems/${name}`);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).toContain(name);
    expect((await get('/problems')).body).toContain(`/problems/${name}`);
  });

  test.each(['no-such-problem', '__proto__', 'constructor'])('has no page for %s', async (name) => {
    expect(await get(`/problems/${name}`)).toMatchObject(problem(404, 'not-found'));
  });
});

const each: [what: string, method: string, url: string, status: number][] = [
  ['a page', 'GET', '/docs', 200],
  ['a script of that page', 'GET', '/docs/static/swagger-ui.css', 200],
  ['the description', 'GET', '/openapi.json', 200],
  ['the keys', 'GET', '/.well-known/jwks.json', 200],
  ['a problem page', 'GET', '/problems/not-found', 200],
  ['health', 'GET', '/health/live', 200],
  ['a missing credential', 'POST', '/v1/challenges', 401],
  ['an address that is none', 'GET', '/v2/challenges', 404],
  ['an address that cannot be read', 'GET', '/v1/organizations/%ff', 400],
  ['an address that is too long', 'GET', `/v1/organizations/${'x'.repeat(2_100)}`, 400],
  ['a method that is not taken', 'PATCH', '/v1/challenge', 405],
];

describe('every answer', () => {
  test.each(each)(
    'is never stored, and can be found in the log: %s',
    async (_, method, url, status) => {
      const headers = { 'x-request-id': 'their-id:1.2_3' };
      const answer = await service.call(method, url, { headers });
      expect(answer.status).toBe(status);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', ...headers });
      if (status >= 400) expect(answer.body).toMatchObject({ status, instance: 'their-id:1.2_3' });
    },
  );

  test.each(['', 'x'.repeat(65), 'a b', '<script>', 'id\u00e9'])(
    'has an id of ours when the caller’s is not sane: %s',
    async (id) => {
      const { headers } = await get('/health/live', { 'x-request-id': id });
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('of two has two ids', async () => {
    const [a, b] = [await get('/health/live'), await get('/health/live')];
    expect(a.headers['x-request-id']).not.toBe(b.headers['x-request-id']);
  });
});

describe('a method that an address does not take', () => {
  const allowOf = ({ headers }: Answer) => String(headers['allow']).split(', ').sort();

  test.each([
    ['PUT', '/v1/challenges', ['POST']],
    ['GET', '/v1/challenges', ['POST']],
    ['POST', '/v1/challenge', ['DELETE', 'GET', 'HEAD']],
    ['GET', '/v1/challenge/verify', ['POST']],
    ['DELETE', '/v1/results/redeem', ['POST']],
    ['POST', '/.well-known/jwks.json', ['GET', 'HEAD']],
    ['POST', '/health/ready', ['GET', 'HEAD']],
  ])('is answered with those it does: %s %s', async (method, url, allowed) => {
    const answer = await service.call(method, url);
    expect(answer).toMatchObject(problem(405, 'method-not-allowed'));
    expect(allowOf(answer)).toEqual(allowed);
  });
});

describe('the page of the API', () => {
  const page = (url: string) => service.app.inject({ method: 'GET', url });

  test('has nothing inline', async () => {
    const { payload } = await page('/docs');
    expect(payload).not.toMatch(/<style|style="|<script[^>]*>\s*[^<\s]/);
  });

  test('fits a phone, and leaves out the logo, whose style our policy refuses', async () => {
    expect((await page('/docs')).payload).toContain('<meta name="viewport"');
    const { payload } = await page('/docs/static/swagger-initializer.js');
    expect(payload).toContain('Logo: ()=>null');
    expect(payload).toContain('SwaggerUIBundle.plugins.DownloadUrl');
  });
});
