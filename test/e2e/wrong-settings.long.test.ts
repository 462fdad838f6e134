/** A start that cannot succeed: one line that names the setting, and never its value. */
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { connectPostgres } from '../../src/adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import { roomy } from '../support/limits.ts';
import { anEntry, confirmation, knownMember } from '../support/people.ts';
import { freshDatabase, startRedis } from '../support/servers.ts';
import { emptyFolder, run, slowWorkMs } from './program.ts';

jest.setTimeout(slowWorkMs);

const { folder, remove } = emptyFolder();
afterAll(remove);

const sid = `AC${'a1'.repeat(16)}`;

const wrong: [name: string, env: Record<string, string>][] = [
  ['PORT', { PORT: 'hunter2' }],
  ['DATABASE_URL', { DATABASE_URL: 'mysql://root:hunter2@127.0.0.1/db' }],
  ['REDIS_URL', { REDIS_URL: 'hunter2' }],
  ['REDIS_CLUSTER', { REDIS_CLUSTER: 'hunter2' }],
  ['REDIS_CLUSTER', { REDIS_CLUSTER: 'hunter2:6379', REDIS_URL: 'redis://hunter2' }],
  ['REDIS_SENTINELS', { REDIS_SENTINELS: 'hunter2:26379' }],
  ['SECRETS', { SECRETS: 'k1:hunter2' }],
  ['SECRETS_FILE', { SECRETS_FILE: '/nowhere/hunter2' }],
  ['TWILIO_AUTH_TOKEN', { TWILIO_ACCOUNT_SID: sid, TWILIO_FROM: '+31508200000' }],
  ['MIN_APP_VERSIONS', { MIN_APP_VERSIONS: 'qaller=hunter2' }],
  ['METHODS', { METHODS: 'call,hunter2' }],
  ['NODE_ENV', { NODE_ENV: 'hunter2' }],
  ['CALL_COUNTRIES', { CALL_COUNTRIES: 'NL,UK' }],
];

describe('the service', () => {
  test.each(wrong)('does not start with a wrong %s', async (name, env) => {
    const service = run('src/main.ts', [], { cwd: folder, env });
    expect(await service.exit).toBe(1);
    expect(service.errors).toMatch(new RegExp(`^doublecheck: ${name} \\S.*\\n$`));
    expect(service.output).toBe('');
    expect(service.errors).not.toContain('hunter2');
  });

  test('says at once all that production lacks, one line each', async () => {
    const service = run('src/main.ts', [], { cwd: folder, env: { NODE_ENV: 'production' } });
    expect(await service.exit).toBe(1);
    const missing = [
      'DATABASE_URL',
      'REDIS_URL (or REDIS_SENTINELS with REDIS_MASTER, or REDIS_CLUSTER)',
      'SECRETS',
      'ISSUER',
      'CALL_DENY_PREFIXES (none is a value)',
      'TWILIO_ACCOUNT_SID',
      'GOOGLE_APPLICATION_CREDENTIALS',
    ];
    const lines = missing.map((name) => `doublecheck: ${name} is missing: production needs it\n`);
    expect(service.errors).toBe(lines.join(''));
  });
});

test('the service does not start in production on a Redis that may evict', async () => {
  const redis = await startRedis(['--maxmemory-policy', 'volatile-lru']);
  const env = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgresql://127.0.0.1:1/doublecheck',
    REDIS_URL: redis.url,
    SECRETS: `k1:${randomBytes(32).toString('base64url')}`,
    ISSUER: 'https://2fa.example',
    CALL_DENY_PREFIXES: 'none',
    METHODS: 'call',
    TWILIO_ACCOUNT_SID: sid,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_FROM: '+31508200000',
  };
  const service = run('src/main.ts', [], { cwd: folder, env });
  expect(await service.exit).toBe(1);
  expect(service.errors).toMatch(/^doublecheck: Redis at \S+ is not used: .* volatile-lru.*\n$/);
  await redis.stop();
});

test('the service does not start without a secret under which rows are sealed', async () => {
  const url = await freshDatabase();
  const database = connectPostgres(url, roomy);
  const [k1, k2] = [randomBytes(32), randomBytes(32)];
  const directory = prismaDirectory(database, sealing([{ kid: 'k1', bytes: k1 }]));
  await directory.database.ping();
  const user = await knownMember(directory);
  expect(await directory.factors.confirm(user, confirmation(), anEntry)).toBe('confirmed');
  await database.close();
  const env = { DATABASE_URL: url, SECRETS: `k2:${k2.toString('base64url')}` };
  const service = run('src/main.ts', [], { cwd: folder, env });
  expect(await service.exit).toBe(1);
  expect(service.errors).toBe('doublecheck: SECRETS lacks k1, under which rows are sealed\n');
});

test('the command line does not touch an embedded database in production', async () => {
  const cli = run('src/cli.ts', ['clients', 'list'], {
    cwd: folder,
    env: { NODE_ENV: 'production' },
  });
  expect(await cli.exit).toBe(1);
  expect(cli.errors).toBe('doublecheck: DATABASE_URL is missing: production needs it\n');
});
