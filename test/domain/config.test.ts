/** A wrong setting stops the start with one line that names it, and never shows its value. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig, readDatabaseUrl } from '../../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = () => randomBytes(32).toString('base64url');

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
      CALL_DENY_PREFIXES: [],
      PUSH_SHOW_CODE: true,
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
    ['SECRETS', 'hunter2'],
    ['SECRETS', `k1:${Buffer.alloc(32).toString('base64url')}`],
    ['SECRETS', `k1:${randomBytes(16).toString('base64url')}`],
    ['SECRETS', `k1:${secret()},k1:${secret()}`],
    ['SECRETS', `k1:${secret()},`],
    ['SECRETS', secret()],
    ['ISSUER', 'ftp://hunter2'],
    ['TWILIO_ACCOUNT_SID', 'AChunter2'],
    ['TWILIO_AUTH_TOKEN', 'hunter two'],
    ['TWILIO_API_KEY', 'hunter2'],
    ['TWILIO_FROM', '050 8200000'],
    ['METHODS', 'call,fax'],
    ['METHODS', 'push,'],
    ['METHODS', '__proto__'],
    ['MIN_APP_VERSIONS', 'qaller'],
    ['MIN_APP_VERSIONS', 'qaller=newest'],
    ['MIN_APP_VERSIONS', '=3.2.0'],
    ['CALL_COUNTRIES', 'Netherlands'],
    ['CALL_COUNTRIES', 'nl'],
    ['CALL_DENY_PREFIXES', '0508200000'],
    ['PUSH_SHOW_CODE', 'yes'],
    ['PUSH_SHOW_CODE', 'toString'],
    ['CODE_TTL_SECONDS', '4'],
    ['CODE_TTL_SECONDS', '30.5'],
    ['CODE_ATTEMPTS', '6'],
    ['CODE_ATTEMPTS', '0'],
    ['CHALLENGE_TTL_SECONDS', '86400'],
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
  ])('half a provider misses %s', (missing, env) => {
    expect(refusal(env)).toMatch(new RegExp(`^${missing} .*is missing`));
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
    'GOOGLE_APPLICATION_CREDENTIALS',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
    'TWILIO_FROM',
  ])('does not start without %s', (name) => {
    expect(refusal({ ...production, [name]: '' })).toMatch(new RegExp(`^${name}\\b.* is missing`));
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
