/** What a browser may do with our answers, and what a caller's headers can make us say. */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { issuer, somebody, useService } from '../support/service.ts';

const service = useService();
let port: number;
beforeAll(async () => {
  port = Number(new URL(await service.app.listen({ host: '127.0.0.1', port: 0 })).port);
});

const everywhere = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const answers: [what: string, method: string, url: string, headers?: Record<string, string>][] = [
  ['an answer', 'GET', '/health/live'],
  ['the keys', 'GET', '/.well-known/jwks.json'],
  ['the description', 'GET', '/openapi.json'],
  ['no credential', 'GET', '/v1/challenge'],
  ['no such thing', 'GET', '/nowhere'],
  ['another method', 'PATCH', '/v1/challenges'],
  ['a preflight', 'OPTIONS', '/v1/challenge', { 'access-control-request-method': 'POST' }],
  ['an address that cannot be read', 'GET', '/v1/organizations/%zz'],
  ['an address that is too long', 'GET', `/v1/organizations/${'a'.repeat(600)}`],
  ['a body that cannot be read', 'POST', '/v1/challenges', { 'content-type': 'text/xml' }],
];
const pages: typeof answers = [
  ['all problems', 'GET', '/problems'],
  ['a problem', 'GET', '/problems/code-incorrect'],
  ['the API page', 'GET', '/docs'],
  ['its script', 'GET', '/docs/static/swagger-ui-bundle.js'],
  ['nothing beside it', 'GET', '/docs/nowhere'],
];

describe('every answer keeps browsers from doing more with it than it is for', () => {
  test.each([...answers, ...pages])('%s', async (_what, method, url, headers = {}) => {
    const answer = await service.call(method, url, {
      headers: { origin: 'https://evil.example', ...headers },
    });
    expect(answer.headers).toMatchObject(everywhere);
    const policy = answer.headers['content-security-policy'];
    expect(policy).toMatch(/default-src 'none'; .*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const cors = Object.keys(answer.headers).filter((name) =>
      /^access-control|^server$/.test(name),
    );
    expect(cors).toEqual([]);
  });

  test.each(answers)('and is no page: %s', async (_what, method, url, headers = {}) => {
    const answer = await service.call(method, url, { headers });
    expect(answer.headers['content-security-policy']).toBe(nothing);
  });

  test('says that it comes over TLS alone where the issuer says so', async () => {
    const { headers } = await service.call('GET', '/health/live');
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });
});

describe('a page of ours', () => {
  test.each(['/problems', '/problems/code-incorrect'])(
    'has no script and its own style: %s',
    async (url) => {
      const { headers, body } = await service.call('GET', url);
      const [, style] = /<style>([\s\S]*)<\/style>/.exec(body) ?? [];
      const hash = createHash('sha256').update(String(style)).digest('base64');
      expect(headers['content-security-policy']).toBe(`${nothing}; style-src 'sha256-${hash}'`);
      expect(body).not.toMatch(/<script|style=|\son\w+=/);
    },
  );

  test('of the API needs nothing that its policy forbids', async () => {
    const { body } = await service.call('GET', '/docs');
    const links = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(link).toMatch(/^\/docs\/static\//);
    expect(body).not.toMatch(/<script>|<style|style=|\son\w+=/);
  });
});

describe('what a proxy or a caller says about the address', () => {
  const lies: Record<string, string> = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'evil',
    'x-forwarded-for': '6.6.6.6, evil.example',
    'x-forwarded-prefix': '/evil',
    'x-forwarded-port': '666',
    'x-original-url': '/evil',
    'x-rewrite-url': '/evil',
    'x-http-method-override': 'DELETE',
    forwarded: 'for=6.6.6.6;host=evil.example;proto=evil',
  };
  const told = async (headers: Record<string, string>) => {
    const asked = [...answers, ...pages].map(([, method, url]) =>
      service.call(method, url, { headers: { ...headers, 'x-request-id': 'same' } }),
    );
    return (await Promise.all(asked)).map(({ status, headers: { date: _, ...rest }, body }) => {
      return { status, rest, body };
    });
  };

  test('changes no answer: no link, no problem, no page', async () => {
    expect(await told(lies)).toEqual(await told({}));
  });

  test('changes no issuer, and is nowhere in a challenge or in what was logged', async () => {
    const { token, challenge } = await somebody(service).signIn({}, { headers: lies });
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims.iss).toBe(issuer);
    const said = JSON.stringify([challenge, claims, service.logLines, service.twilio.requests]);
    expect(said).not.toMatch(/evil|6\.6\.6\.6/);
  });
});

describe('what cannot even be read as HTTP', () => {
  const send = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('end', () => resolve(answer)).on('error', reject);
    });

  test.each([
    ['no request line', 'nonsense\r\n\r\n', 'cannot be read'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nhost: x\r\n\r\n', 'cannot be read'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'cannot be read'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      'cannot be read',
    ],
    [
      'too many header fields',
      `GET / HTTP/1.1\r\nhost: x\r\na: ${'a'.repeat(20_000)}\r\n\r\n`,
      'has more header fields than are read',
    ],
  ])('is answered as any other problem: %s', async (_what, text, detail) => {
    const [head = '', body = ''] = (await send(text)).split('\r\n\r\n');
    const [status, ...lines] = head.split('\r\n');
    expect(status).toBe('HTTP/1.1 400 Bad Request');
    const headers = Object.fromEntries(lines.map((line) => line.split(': ')));
    expect(headers).toMatchObject({
      ...everywhere,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-security-policy': nothing,
      'content-length': String(body.length),
      connection: 'close',
    });
    expect(JSON.parse(body)).toMatchObject({
      type: '/problems/invalid-request',
      status: 400,
      instance: headers['x-request-id'],
      errors: [{ pointer: '', detail }],
    });
  });
});
