/** The command line on a PostgreSQL server that is still empty. */
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createDatabase } from '../support/servers.ts';
import { startTap } from '../support/tap.ts';
import { root, run, slowWorkMs } from './program.ts';

jest.setTimeout(slowWorkMs);

let DATABASE_URL: string;

beforeAll(async () => {
  const server = process.env['TEST_DATABASE_URL'] ?? '';
  DATABASE_URL = await createDatabase(server, `cli_${randomUUID().slice(0, 8)}`);
});

const cli = (...args: string[]) => cliWith({}, ...args);

async function cliWith(env: Record<string, string>, ...args: string[]) {
  const program = run('src/cli.ts', args, { cwd: root, env: { DATABASE_URL, ...env } });
  return { code: await program.exit, output: program.output, errors: program.errors };
}

async function createClient(name: string): Promise<{ id: string; key: string }> {
  const { output } = await cli('clients', 'create', name, '--scopes', 'challenges,users');
  const key = output.trimEnd().split('\n').at(-1) ?? '';
  return { key, id: key.split('_')[1] ?? '' };
}

test('before the migrations, a line says that they are missing', async () => {
  const { code, errors } = await cli('clients', 'list');
  expect(code).toBe(1);
  expect(errors).toMatch(
    /^doublecheck: the database lacks the migration \d+_init: migrate it first\n$/,
  );
});

test('before the migrations, each of them is pending', async () => {
  const { code, output, errors } = await cli('migrate', '--status');
  expect(code).toBe(1);
  expect(output).toMatch(/^pending: \d+_init\n/);
  expect(errors).toMatch(/^doublecheck: \d+ migrations are pending: run migrate\n$/);
});

describe('once migrated', () => {
  beforeAll(async () => {
    const first = await cli('migrate');
    expect(first).toMatchObject({ code: 0, output: expect.stringMatching(/^applied: \d+_init/) });
  });

  test('what lists can be read as JSON, and has no secret', async () => {
    const { id, key } = await createClient('as-json');
    const { output } = await cli('clients', 'list', '--json');
    const { clients, sites } = JSON.parse(output);
    expect(clients).toContainEqual(
      expect.objectContaining({ id, name: 'as-json', mode: 'live', revokedAt: null }),
    );
    expect(sites).toEqual([]);
    expect(output).not.toContain(key.split('_').slice(2).join('_'));
    const { output: webhooks } = await cli('webhooks', 'list', '--json');
    expect(JSON.parse(webhooks)).toEqual({ webhooks: [] });
    const status = await cli('migrate', '--status', '--json');
    expect([status.code, JSON.parse(status.output)]).toEqual([0, { pending: [] }]);
  });

  test('a server that lets it in slowly is waited for', async () => {
    const busy = await startTap(DATABASE_URL, ({ near, far }) => {
      near.pipe(far);
      setTimeout(() => far.pipe(near), 600);
    });
    const listed = await cliWith({ DATABASE_URL: busy.url }, 'clients', 'list');
    await busy.close();
    expect(listed).toMatchObject({ code: 0, errors: '' });
  });

  test('migrating again has nothing to do', async () => {
    expect(await cli('migrate')).toEqual({ code: 0, output: 'nothing to apply\n', errors: '' });
  });

  test('a new key stands alone on the last line, and is never shown again', async () => {
    const { id, key } = await createClient('company-panel');
    expect(key).toMatch(/^dck_[0-9a-f]{16}_[\w-]{49}$/);
    const { output } = await cli('clients', 'list');
    expect(output).toMatch(
      new RegExp(`^${id}  company-panel  challenges,users  all organizations  .*active$`, 'm'),
    );
    expect(output).not.toContain(key.split('_').slice(2).join('_'));
  });

  test('a key of test mode has its own prefix, and is listed as such', async () => {
    const created = await cli('clients', 'create', 'vamos', '--scopes', 'challenges', '--test');
    expect(created.output).toMatch(/^dct_[0-9a-f]{16}_[\w-]{49}$/m);
    const { output } = await cli('clients', 'list');
    expect(output).toMatch(
      /^[0-9a-f]{16} {2}vamos {2}test {2}challenges {2}all organizations {2}.*active$/m,
    );
  });

  test('a revoked key is listed as such', async () => {
    const { id } = await createClient('qaller');
    expect(await cli('clients', 'revoke', id)).toMatchObject({ code: 0, errors: '' });
    const { output } = await cli('clients', 'list');
    expect(output).toMatch(new RegExp(`^${id}  qaller .*revoked \\d{4}-`, 'm'));
  });

  test('a key with JSON is in it, this once', async () => {
    const { output } = await cli('clients', 'create', 'robot', '--scopes', 'users', '--json');
    const key = expect.stringMatching(/^dck_/);
    expect(JSON.parse(output)).toEqual({ name: 'robot', mode: 'live', key });
  });

  test('an id that is of no client: a line that says where to look', async () => {
    expect(await cli('clients', 'revoke', 'nobody')).toEqual({
      code: 1,
      output: '',
      errors: 'doublecheck: ID is of no client: see clients list\n',
    });
  });

  test('a key limited to organizations is listed with them', async () => {
    const made = await cli(
      ...['clients', 'create', 'vamos', '--scopes', 'users,recovery'],
      ...['--organizations', 'acme, beta'],
    );
    expect(made).toMatchObject({ code: 0, errors: '' });
    const { output } = await cli('clients', 'list');
    expect(output).toMatch(/ {2}vamos {2}users,recovery {2}only acme,beta {2}.*active$/m);
  });

  describe('a webhook in production', () => {
    const production = () => ({
      NODE_ENV: 'production',
      REDIS_URL: 'redis://127.0.0.1:6379',
      SECRETS: `k1:${randomBytes(32).toString('base64url')}`,
      ISSUER: 'https://2fa.example',
      CALL_DENY_PREFIXES: 'none',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'token',
      TWILIO_FROM: '+31508200000',
      METHODS: 'call',
    });
    const set = (client: string, url: string) =>
      cliWith(production(), 'webhooks', 'set', client, url);

    beforeAll(() => createClient('hooked'));

    test.each([
      ['http', 'http://hooks.example/2fa', /URL is not https/],
      ['this machine', 'https://127.0.0.1/2fa', /URL is an address inside the network/],
      ['this machine by name', 'https://localhost/2fa', /URL is an address inside the network/],
      ['a private network', 'https://[fd00::1]/2fa', /URL is an address inside the network/],
      ['a password', 'https://:secret@hooks.example/2fa', /URL is an https:/],
    ])('does not lead to %s', async (_what, url, reason) => {
      const { code, output, errors } = await set('hooked', url);
      expect({ code, output }).toEqual({ code: 2, output: '' });
      expect(errors).toMatch(reason);
    });

    test('is not set for a client without a key', async () => {
      const { code, errors } = await set('nobody', 'https://192.0.1.1/2fa');
      expect(code).toBe(1);
      expect(errors).toMatch(/CLIENT has no API key/);
    });

    test('leads to an address outside', async () => {
      const { code, output } = await set('hooked', 'https://192.0.1.1/2fa');
      expect(code).toBe(0);
      expect(output).toMatch(/whsec_\S+\n$/);
    });
  });
});
