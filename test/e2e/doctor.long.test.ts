/** `doctor` says of a broken set-up, in one line each, what is wrong and what to do. */
import { randomBytes, randomUUID } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { accountSid } from '../support/fakes/channels.ts';
import { startFakeGoogle } from '../support/fakes/google.ts';
import { startFakeTwilio } from '../support/fakes/twilio.ts';
import { createDatabase, freshDatabase, type Server, startRedis } from '../support/servers.ts';
import { startTap } from '../support/tap.ts';
import { emptyFolder, root, run, slowWorkMs } from './program.ts';

jest.setTimeout(2 * slowWorkMs);

let redis: Server;
let twilio: Awaited<ReturnType<typeof startFakeTwilio>>;
let google: Awaited<ReturnType<typeof startFakeGoogle>>;
let env: Record<string, string>;

beforeAll(async () => {
  [redis, twilio, google] = await Promise.all([startRedis(), startFakeTwilio(), startFakeGoogle()]);
  const fakes = {
    'api.twilio.com': twilio.connection,
    'oauth2.googleapis.com': google.connection,
    'www.googleapis.com': google.connection,
  };
  env = {
    DATABASE_URL: await freshDatabase(),
    REDIS_URL: redis.url,
    SECRETS: `k1:${randomBytes(32).toString('base64url')}`,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: 'a-token',
    TWILIO_FROM: '+31508200000',
    GOOGLE_APPLICATION_CREDENTIALS: google.credentialsFile,
    FAKE_PROVIDERS: JSON.stringify(fakes),
    NODE_OPTIONS: `--import=${root}/scripts/production/providers-on-loopback.ts`,
  };
});
afterAll(async () => {
  await Promise.all([redis.stop(), twilio.close(), google.close()]);
});

async function doctor(changes: Record<string, string> = {}, cwd = root) {
  const program = run('src/cli.ts', ['doctor'], { cwd, env: { ...env, ...changes } });
  const code = await program.exit;
  const lines = program.output.trimEnd().split('\n');
  return { code, ill: lines.filter((line) => line.startsWith('✘')), lines };
}

test('a sound set-up has nothing to mend, and no call is placed', async () => {
  const { code, ill, lines } = await doctor();
  expect([code, ill]).toEqual([0, []]);
  for (const what of [/Node v24/, /PostgreSQL 15/, /migration is applied/, /evicts nothing/])
    expect(lines).toContainEqual(expect.stringMatching(what));
  for (const what of [/clocks .* PostgreSQL agree/, /Twilio takes/, /Google takes/])
    expect(lines).toContainEqual(expect.stringMatching(what));
  expect(twilio.requests).toEqual([]);
});

describe('one thing is broken', () => {
  const nowhere = '127.0.0.1:1';
  const broken: [what: string, changes: Record<string, string>, line: RegExp][] = [
    ['a setting', { PORT: 'http' }, /^✘ PORT is not a whole number.*docs\/settings\.md/],
    [
      'the address of PostgreSQL',
      { DATABASE_URL: `postgresql://postgres@${nowhere}/x` },
      /^✘ DATABASE_URL: .*ECONNREFUSED.*: start PostgreSQL/,
    ],
    [
      "Google's file",
      { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json' },
      /^✘ GOOGLE_APPLICATION_CREDENTIALS: the file cannot be read/,
    ],
  ];

  test.each(broken)('%s', async (_what, changes, line) => {
    const { code, ill } = await doctor(changes);
    expect(code).toBe(1);
    expect(ill).toEqual([expect.stringMatching(line)]);
  });

  test('migrations that are pending', async () => {
    const server = process.env['TEST_DATABASE_URL'] ?? '';
    const empty = await createDatabase(server, `doctor_${randomUUID().slice(0, 8)}`);
    const { code, ill } = await doctor({ DATABASE_URL: empty });
    expect(code).toBe(1);
    expect(ill).toEqual([expect.stringMatching(/^✘ \d+ migrations are pending: run migrate/)]);
  });

  /** The same server, which says that it is older. */
  const olderServer = (url: string, version: RegExp, older: string) =>
    startTap(url, ({ near, far }) => {
      near.pipe(far);
      far.on('data', (chunk: Buffer) =>
        near.write(Buffer.from(chunk.toString('latin1').replace(version, older), 'latin1')),
      );
    });

  test('the version of PostgreSQL, and of Redis', async () => {
    const postgres = await olderServer(env['DATABASE_URL'] ?? '', /\b1500(\d\d)\b/, '1300$1');
    const oldRedis = await olderServer(redis.url, /redis_version:7/, 'redis_version:6');
    const { code, ill } = await doctor({ DATABASE_URL: postgres.url, REDIS_URL: oldRedis.url });
    await Promise.all([postgres.close(), oldRedis.close()]);
    expect(code).toBe(1);
    expect(ill).toEqual([
      expect.stringMatching(/^✘ PostgreSQL .* is too old: 15 or later is needed$/),
      expect.stringMatching(/^✘ Redis at .* is version 6\..*: 7 or later is needed$/),
    ]);
  });

  test('a clock', async () => {
    const shifted = `${root}/test/support/shifted-clock.ts`;
    const { NODE_OPTIONS: options } = env;
    const { code, ill } = await doctor({
      NODE_OPTIONS: `--import=${shifted} ${options}`,
      CLOCK_SHIFT_MS: '-60000',
    });
    expect(code).toBe(1);
    expect(ill).toEqual([
      expect.stringMatching(/^✘ the clock of PostgreSQL differs by \d+ s: let NTP set both$/),
      expect.stringMatching(/^✘ the clock of Redis at .* differs by \d+ s: let NTP set both$/),
    ]);
  });

  test('the disk of the embedded database', async () => {
    const { folder, remove } = emptyFolder();
    // A file system without any room.
    symlinkSync('/proc', join(folder, '.data'));
    const { ill } = await doctor({ DATABASE_URL: '' }, folder);
    remove();
    expect(ill).toEqual(['✘ 0 MB are free for the embedded database: make room in .data']);
  });

  test('a secret that rows are sealed under, and a right of the role', async () => {
    const url = await freshDatabase();
    const role = `role_${randomUUID().slice(0, 8)}`;
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query(`
      INSERT INTO sealing_keys (kid) VALUES ('k0');
      INSERT INTO webhook_endpoints (client, url, secret) VALUES ('panel', 'https://a.example', 'k0.2.x');
      CREATE ROLE ${role} LOGIN;
      GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role};
      REVOKE INSERT ON factors FROM ${role}`);
    await admin.end();
    const weak = new URL(url);
    weak.username = role;
    const { ill } = await doctor({ DATABASE_URL: weak.href });
    expect(ill).toEqual([
      '✘ the role in DATABASE_URL lacks the right to INSERT on factors: GRANT it',
      '✘ SECRETS lacks k0, under which rows are sealed: put it back',
    ]);
  });

  test('certificates that nobody checks', async () => {
    const url = new URL(env['DATABASE_URL'] ?? '');
    url.searchParams.set('sslmode', 'no-verify');
    const { ill } = await doctor({ NODE_TLS_REJECT_UNAUTHORIZED: '0', DATABASE_URL: url.href });
    expect(ill.slice(0, 2)).toEqual([
      expect.stringMatching(/^✘ NODE_TLS_REJECT_UNAUTHORIZED=0 accepts every certificate: for an/),
      expect.stringMatching(/^✘ DATABASE_URL accepts every certificate: use sslmode=verify-full/),
    ]);
  });

  test('a Redis that evicts', async () => {
    const client = new Redis(redis.url);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { ill } = await doctor();
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await client.quit();
    expect(ill).toEqual([expect.stringMatching(/has maxmemory-policy allkeys-lru: CONFIG SET/)]);
  });

  test('the credentials of Twilio', async () => {
    twilio.answerWith(401);
    const { ill } = await doctor();
    twilio.answerWith('success');
    expect(ill).toEqual([expect.stringMatching(/^✘ Twilio refuses the credentials: correct/)]);
  });

  test.concurrent('the address of Redis', async () => {
    const { code, ill } = await doctor({ REDIS_URL: `redis://${nowhere}` });
    expect(code).toBe(1);
    expect(ill).toEqual([expect.stringMatching(/^✘ Redis does not answer \(ECONNREFUSED\)/)]);
  });

  test.concurrent('the password of Redis', async () => {
    const guarded = await startRedis(['--requirepass', 'right']);
    const { ill } = await doctor({ REDIS_URL: guarded.url.replace('//', '//:wrong@') });
    await guarded.stop();
    expect(ill).toEqual([expect.stringMatching(/^✘ Redis does not answer \(WRONGPASS.*password$/)]);
  });

  test.concurrent('a Redis on another machine without TLS, and a store that nobody reaches', async () => {
    const { ill } = await doctor({ REDIS_URL: 'redis://192.0.2.1' });
    expect(ill).toEqual([
      expect.stringMatching(/^✘ REDIS_URL leads to another machine without TLS: use rediss/),
      expect.stringMatching(/^✘ Redis does not answer \(/),
    ]);
  });
});
