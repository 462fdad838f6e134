/** A wrong setting stops the start with one line that names it, and never shows its value. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig, readDatabaseUrl } from '../../src/config/config.ts';
import { redisTopology } from '../../src/config/redis-settings.ts';
import { storesWithoutTls } from '../../src/config/stores-without-tls.ts';
import { tracingSettings } from '../../src/config/tracing-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = () => randomBytes(32).toString('base64url');
const repeated = secret();

function refusal(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
  throw new Error('was accepted');
}

const twilio = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_FROM: '+31508200000',
};

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://db/x',
  REDIS_URL: 'rediss://redis',
  SECRETS: `k1:${secret()}`,
  ISSUER: 'https://2fa.example',
  CALL_DENY_PREFIXES: 'none',
  GOOGLE_APPLICATION_CREDENTIALS: '/run/secrets/google.json',
  ...twilio,
};

describe('without any setting', () => {
  test('all is as the contract says', () => {
    const { CALL_COUNTRIES, MIN_APP_VERSIONS, ...config } = readConfig({});
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      DATABASE_URL: null,
      REDIS_URL: null,
      SECRETS: null,
      METHODS: ['call', 'push'],
      CALL_DENY_PREFIXES: null,
      PUSH_SHOW_CODE: true,
      CORS_ORIGINS: [],
      CODE_TTL_SECONDS: 30,
      CODE_ATTEMPTS: 5,
      CHALLENGE_TTL_SECONDS: 600,
      LOG_LEVEL: 'info',
      production: false,
    });
    expect([...MIN_APP_VERSIONS]).toEqual([
      ['qaller', '3.2.0'],
      ['vamos', '1.3.0'],
    ]);
    for (const country of ['NL', 'BE', 'DE', 'IS', 'LI', 'NO', 'GB', 'CH'])
      expect(CALL_COUNTRIES).toContain(country);
    for (const country of ['US', 'RU', 'MA', 'TR']) expect(CALL_COUNTRIES).not.toContain(country);
  });

  test('one that is empty is one that is not set', () => {
    expect(readConfig({ PORT: '', REDIS_URL: '' })).toMatchObject({ PORT: 3000, REDIS_URL: null });
  });
});

describe('a wrong setting stops the start, and names itself without its value', () => {
  test.each([
    ['HOST', 'not a host!'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '3000x'],
    ['PORT', '0x10'],
    ['PORT', '1e3'],
    ['DATABASE_URL', 'mysql://user:hunter2@db'],
    ['DATABASE_URL', 'hunter2'],
    ['REDIS_URL', 'http://hunter2'],
    ['REDIS_SENTINELS', 'hunter2'],
    ['REDIS_SENTINELS', 'hunter2:0'],
    ['REDIS_SENTINELS', 'redis://hunter2:26379'],
    ['REDIS_CLUSTER', 'hunter2:65536'],
    ['REDIS_CLUSTER', 'hunter2:6379,'],
    ['REDIS_CLUSTER', '::1:6379'],
    ['REDIS_CLUSTER', '[hunter2]:6379'],
    ['REDIS_MASTER', 'hunter two'],
    ['REDIS_TLS', 'yes'],
    ['SECRETS', 'hunter2'],
    ['SECRETS', `k1:${Buffer.alloc(32).toString('base64url')}`],
    ['SECRETS', `k1:${randomBytes(16).toString('base64url')}`],
    ['SECRETS', `k1:${secret()},k1:${secret()}`],
    ['SECRETS', `k1:${repeated},k2:${repeated}`],
    ['SECRETS', `k1:${secret()},`],
    ['SECRETS', secret()],
    ['ISSUER', 'ftp://hunter2'],
    ['TWILIO_ACCOUNT_SID', 'AChunter2'],
    ['TWILIO_AUTH_TOKEN', 'hunter two'],
    ['TWILIO_API_KEY', 'hunter2'],
    ['TWILIO_FROM', '050 8200000'],
    ['TWILIO_BYOC_TRUNK_SID', 'BYhunter2'],
    ['TWILIO_BYOC_TRUNK_SID', `TK${'0'.repeat(32)}`],
    ['TWILIO_BYOC_TRUNK_SID', `BY${'0'.repeat(33)}`],
    ['PUBLIC_URL', 'hunter2'],
    ['PUBLIC_URL', 'ftp://hunter2.example'],
    ['PUBLIC_URL', 'https://hunter2:99999'],
    ['PUBLIC_URL', 'https://hunter2.example/?a=b'],
    ['PUBLIC_URL', 'https://hunter2.example/#there'],
    ['PUBLIC_URL', 'https://somebody:hunter2@2fa.example'],
    ['METHODS', 'call,fax'],
    ['METHODS', 'push,'],
    ['METHODS', '__proto__'],
    ['MIN_APP_VERSIONS', 'qaller'],
    ['MIN_APP_VERSIONS', 'qaller=newest'],
    ['MIN_APP_VERSIONS', '=3.2.0'],
    ['CALL_COUNTRIES', 'Netherlands'],
    ['CALL_COUNTRIES', 'nl'],
    ['CALL_COUNTRIES', 'NL,UK'],
    ['CALL_COUNTRIES', 'XX'],
    ['CALL_COUNTRIES', 'EU'],
    ['CALL_DENY_PREFIXES', '0508200000'],
    ['CALL_DENY_PREFIXES', 'none,+31508200000'],
    ['NODE_ENV', 'live'],
    ['NODE_ENV', 'Production'],
    ['NODE_ENV', 'staging'],
    ['PUSH_SHOW_CODE', 'yes'],
    ['PUSH_SHOW_CODE', 'toString'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'hunter2.example'],
    ['CORS_ORIGINS', 'https://*.hunter2.example'],
    ['CORS_ORIGINS', 'https://hunter2.example/'],
    ['CORS_ORIGINS', 'https://hunter2.example/login'],
    ['CORS_ORIGINS', 'https://Hunter2.example'],
    ['CORS_ORIGINS', 'https://hunter2.example:443'],
    ['CORS_ORIGINS', 'https://hunter2@panel.example'],
    ['CORS_ORIGINS', 'ftp://hunter2.example'],
    ['CORS_ORIGINS', 'https://uc.example,'],
    ['CODE_TTL_SECONDS', '4'],
    ['CODE_TTL_SECONDS', '30.5'],
    ['CODE_ATTEMPTS', '6'],
    ['CODE_ATTEMPTS', '0'],
    ['CHALLENGE_TTL_SECONDS', '86400'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector:4317'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=%zz'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_SDK_DISABLED', 'yes'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s', (name, value) => {
    const message = refusal({ [name]: value });
    expect(message).toMatch(new RegExp(`^${name} `));
    expect(message).not.toContain('\n');
    expect(message).not.toContain(value);
    expect(message).not.toContain('hunter');
  });

  test.each<[missing: string, env: Record<string, string>]>([
    ['TWILIO_AUTH_TOKEN', { ...twilio, TWILIO_AUTH_TOKEN: '' }],
    [
      'TWILIO_AUTH_TOKEN',
      { ...twilio, TWILIO_AUTH_TOKEN: '', TWILIO_API_KEY: `SK${'0'.repeat(32)}` },
    ],
    ['TWILIO_FROM', { ...twilio, TWILIO_FROM: '' }],
    [
      'TWILIO_AUTH_TOKEN',
      {
        ...twilio,
        TWILIO_AUTH_TOKEN: '',
        TWILIO_API_KEY: `SK${'0'.repeat(32)}`,
        TWILIO_API_SECRET: 'secret',
        PUBLIC_URL: 'https://2fa.example',
      },
    ],
  ])('half a provider misses %s', (missing, env) => {
    expect(refusal(env)).toMatch(new RegExp(`^${missing} .*is missing`));
  });
});

test('the trunk that calls go out over may be set, and is left out by default', () => {
  const trunk = `BY${'0aF'.repeat(10)}12`;
  const { TWILIO_BYOC_TRUNK_SID: set } = readConfig({ ...twilio, TWILIO_BYOC_TRUNK_SID: trunk });
  expect([set, readConfig(twilio).TWILIO_BYOC_TRUNK_SID]).toEqual([trunk, null]);
});

test('UK for the United Kingdom is refused with a hint', () => {
  expect(refusal({ CALL_COUNTRIES: 'UK' })).toMatch(/the United Kingdom is GB/);
});

test.each(['production', 'development', 'test', ''])('NODE_ENV may be %j', (NODE_ENV) => {
  expect(readConfig({ ...production, NODE_ENV }).production).toBe(NODE_ENV === 'production');
});

test('no prefix denied is a value: none', () => {
  expect(readConfig({ CALL_DENY_PREFIXES: 'none' }).CALL_DENY_PREFIXES).toEqual([]);
  const two = readConfig({ CALL_DENY_PREFIXES: '+3150820, +31508300' });
  expect(two.CALL_DENY_PREFIXES).toEqual(['+3150820', '+31508300']);
});

test.each([
  ['https://2FA.example', 'https://2fa.example'],
  ['https://2fa.example:443/', 'https://2fa.example'],
  ['http://127.0.0.1:8080/two/', 'http://127.0.0.1:8080/two'],
])('PUBLIC_URL %s is read as %s, which a path can follow', (text, url) => {
  expect(readConfig({ ...twilio, PUBLIC_URL: text }).PUBLIC_URL).toBe(url);
});

describe('Redis is found in one way', () => {
  const sentinels = { REDIS_SENTINELS: 's1:26379', REDIS_MASTER: 'main' };
  const cluster = { REDIS_CLUSTER: 'r1:6379' };
  const url = { REDIS_URL: 'redis://redis' };

  test.each<[name: string, env: Record<string, string>]>([
    ['REDIS_CLUSTER and REDIS_URL are both set', { ...url, ...cluster }],
    ['REDIS_SENTINELS and REDIS_URL are both set', { ...url, ...sentinels }],
    ['REDIS_CLUSTER and REDIS_SENTINELS are both set', { ...sentinels, ...cluster }],
    ['REDIS_SENTINELS is set without REDIS_MASTER', { ...sentinels, REDIS_MASTER: '' }],
    ['REDIS_MASTER is set without REDIS_SENTINELS', { ...sentinels, REDIS_SENTINELS: '' }],
    ['REDIS_PASSWORD is set together with REDIS_URL', { ...url, REDIS_PASSWORD: 'p' }],
    ['REDIS_TLS is set together with REDIS_URL', { ...url, REDIS_TLS: 'false' }],
    ['REDIS_USERNAME is set without REDIS_PASSWORD', { ...cluster, REDIS_USERNAME: 'u' }],
    ['REDIS_PASSWORD is set without REDIS_SENTINELS or REDIS_CLUSTER', { REDIS_PASSWORD: 'p' }],
    ['REDIS_SENTINEL_PASSWORD is set', { ...cluster, REDIS_SENTINEL_PASSWORD: 'p' }],
  ])('%s: no start', (words, env) => {
    const message = refusal(env);
    expect(message.slice(0, words.length)).toBe(words);
    expect(message).not.toContain('\n');
  });

  test('as one server, behind Sentinels, or as a cluster', () => {
    expect(redisTopology(readConfig({}))).toBeNull();
    expect(redisTopology(readConfig(url))).toEqual({ kind: 'url', url: 'redis://redis' });
    const access = { REDIS_USERNAME: 'u', REDIS_PASSWORD: 'p', REDIS_TLS: 'true' };
    const opened = { username: 'u', password: 'p', tls: true };
    const nodes = { REDIS_CLUSTER: '[::1]:6379, r-2.example:7000' };
    expect(redisTopology(readConfig({ ...nodes, ...access }))).toEqual({
      kind: 'cluster',
      nodes: [
        { host: '::1', port: 6379 },
        { host: 'r-2.example', port: 7000 },
      ],
      ...opened,
    });
    const guarded = { ...sentinels, ...access, REDIS_SENTINEL_PASSWORD: 'q' };
    expect(redisTopology(readConfig(guarded))).toEqual({
      kind: 'sentinel',
      sentinels: [{ host: 's1', port: 26379 }],
      master: 'main',
      sentinelPassword: 'q',
      ...opened,
    });
  });

  test.each([sentinels, cluster])('production starts with %j too', (env) => {
    expect(readConfig({ ...production, REDIS_URL: '', ...env })).toMatchObject({
      production: true,
    });
  });
});

describe('production', () => {
  test('starts with everything it needs', () => {
    expect(readConfig(production)).toMatchObject({ production: true });
  });

  test.each([
    'DATABASE_URL',
    'REDIS_URL',
    'SECRETS',
    'ISSUER',
    'CALL_DENY_PREFIXES',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
    'TWILIO_FROM',
  ])('does not start without %s', (name) => {
    expect(refusal({ ...production, [name]: '' })).toMatch(new RegExp(`^${name}\\b.* is missing`));
  });

  test('says at once all that is missing or wrong, one line each', () => {
    const lines = refusal({
      ...{ NODE_ENV: 'production', PORT: 'hunter2', REDIS_SENTINELS: 'hunter2' },
      ...{ DATABASE_URL: 'hunter2', REDIS_MASTER: 'main', TWILIO_FROM: 'hunter2' },
      TWILIO_ACCOUNT_SID: twilio.TWILIO_ACCOUNT_SID,
    }).split('\n');
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'PORT is',
      'DATABASE_URL is',
      'REDIS_SENTINELS is',
      'TWILIO_FROM is',
      'TWILIO_AUTH_TOKEN (or',
      'SECRETS is',
      'ISSUER is',
      'CALL_DENY_PREFIXES (none',
      'GOOGLE_APPLICATION_CREDENTIALS is',
    ]);
    expect(lines.join()).not.toContain('hunter');
  });

  test.each<[name: string | null, env: Record<string, string>]>([
    [null, { DATABASE_URL: 'postgresql://127.0.0.1/x', REDIS_URL: 'redis://[::1]' }],
    [
      null,
      { DATABASE_URL: 'postgresql:///x?host=/run/postgresql', REDIS_URL: 'redis://localhost' },
    ],
    [null, { DATABASE_URL: 'postgresql://db/x?sslmode=require', REDIS_URL: 'rediss://redis' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgresql://db/x' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgresql://localhost/x?host=db' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgresql://10.0.0.1/x?sslmode=disable' }],
    ['REDIS_URL', { REDIS_URL: 'redis://redis' }],
    ['REDIS_URL', { REDIS_URL: 'redis://127.0.0.1.example' }],
    ['REDIS_CLUSTER', { REDIS_URL: '', REDIS_CLUSTER: '127.0.0.1:1,r2:1' }],
    ['REDIS_SENTINELS', { REDIS_URL: '', REDIS_SENTINELS: 's1:1', REDIS_MASTER: 'm' }],
    [null, { REDIS_URL: '', REDIS_CLUSTER: 'r2:1', REDIS_TLS: 'true' }],
  ])('warns of %s, which leads elsewhere without TLS: %j', (name, env) => {
    const secure = { DATABASE_URL: 'postgresql://db/x?sslmode=verify-full' };
    const config = readConfig({ ...production, ...secure, ...env });
    expect(storesWithoutTls(config)).toEqual(name ? [name] : []);
  });

  test('needs the provider of each method that it offers, and of no other', () => {
    const calls = { ...production, METHODS: 'call', GOOGLE_APPLICATION_CREDENTIALS: '' };
    expect(readConfig(calls).METHODS).toEqual(['call']);
    const pushes = { ...production, METHODS: 'push', TWILIO_ACCOUNT_SID: '' };
    expect(readConfig(pushes).METHODS).toEqual(['push']);
  });

  test('has no embedded database for the command line either', () => {
    expect(() => readDatabaseUrl({ NODE_ENV: 'production' })).toThrow(/^DATABASE_URL is missing/);
    expect(readDatabaseUrl({})).toBeNull();
  });
});

describe('a setting in a file, as NAME_FILE', () => {
  const file = join(folder, 'value');

  test('is read without the line end', () => {
    writeFileSync(file, 'redis://redis:6379\n');
    expect(readConfig({ REDIS_URL_FILE: file }).REDIS_URL).toBe('redis://redis:6379');
  });

  test('is refused by name when wrong, unreadable or set twice', () => {
    writeFileSync(file, 'hunter2');
    expect(refusal({ REDIS_URL_FILE: file })).toMatch(/^REDIS_URL is not /);
    expect(refusal({ REDIS_URL_FILE: file })).not.toContain('hunter2');
    expect(refusal({ REDIS_URL_FILE: join(folder, 'none') })).toMatch(/^REDIS_URL_FILE /);
    const twice = { REDIS_URL_FILE: file, REDIS_URL: 'redis://hunter2' };
    expect(refusal(twice)).toBe('REDIS_URL and REDIS_URL_FILE are both set: keep one');
  });
});

test('secrets rotate: the first is current, the others still count', () => {
  const [first, second] = [secret(), secret()];
  const { SECRETS } = readConfig({ SECRETS: `new:${first}, old:${second}=` });
  expect(SECRETS?.map(({ kid, bytes }) => [kid, bytes.toString('base64url')])).toEqual([
    ['new', first],
    ['old', second],
  ]);
});

describe('traces', () => {
  const settingsFor = (env: Record<string, string>) => tracingSettings(readConfig(env), '1.2.3');
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/base/' };
  const alone = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in' };

  test.each([
    [{}, undefined],
    [{ ...all, OTEL_SDK_DISABLED: 'true' }, undefined],
    [all, 'https://collector.example/base/v1/traces'],
    [{ ...all, ...alone }, 'https://traces.example/in'],
  ])('of %j go to %s', (env, url) => {
    expect(settingsFor(env)?.collector.url).toBe(url);
  });

  test('name the service, its version and what the operator adds', () => {
    const env = { ...all, OTEL_RESOURCE_ATTRIBUTES: 'service.name=other, team=a%2Cb' };
    const version = { 'service.version': '1.2.3', team: 'a,b' };
    expect(settingsFor(env)?.resource).toEqual({ 'service.name': 'other', ...version });
    const named = { ...env, OTEL_SERVICE_NAME: 'second step' };
    expect(settingsFor(named)?.resource).toEqual({ 'service.name': 'second step', ...version });
  });

  test('know where PostgreSQL is, and nothing of its password', () => {
    const env = { ...all, DATABASE_URL: 'postgresql://user:secret@db.example/two-factor' };
    const { postgres } = settingsFor(env) ?? {};
    expect(postgres).toEqual({ address: 'db.example', port: 5432, database: 'two-factor' });
  });
});
