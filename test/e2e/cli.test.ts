/** The command line on a PostgreSQL server that is still empty. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createDatabase } from '../support/servers.ts';
import { root, run, slowWorkMs } from './program.ts';

jest.setTimeout(slowWorkMs);

let DATABASE_URL: string;

beforeAll(async () => {
  const server = process.env['TEST_DATABASE_URL'] ?? '';
  DATABASE_URL = await createDatabase(server, `cli_${randomUUID().slice(0, 8)}`);
});

async function cli(...args: string[]) {
  const program = run('src/cli.ts', args, { cwd: root, env: { DATABASE_URL } });
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

describe('once migrated', () => {
  beforeAll(async () => {
    const first = await cli('migrate');
    expect(first).toMatchObject({ code: 0, output: expect.stringMatching(/^applied: \d+_init/) });
  });

  test('migrating again has nothing to do', async () => {
    expect(await cli('migrate')).toEqual({ code: 0, output: 'nothing to apply\n', errors: '' });
  });

  test('a new key stands alone on the last line, and is never shown again', async () => {
    const { id, key } = await createClient('company-panel');
    expect(key).toMatch(/^dck_[0-9a-f]{16}_[\w-]{43}$/);
    const { output } = await cli('clients', 'list');
    expect(output).toMatch(new RegExp(`^${id}  company-panel  challenges,users  .*active$`, 'm'));
    expect(output).not.toContain(key.split('_').slice(2).join('_'));
  });

  test('a revoked key is listed as such', async () => {
    const { id } = await createClient('qaller');
    expect(await cli('clients', 'revoke', id)).toMatchObject({ code: 0, errors: '' });
    const { output } = await cli('clients', 'list');
    expect(output).toMatch(new RegExp(`^${id}  qaller .*revoked \\d{4}-`, 'm'));
  });

  const mistakes: [what: string, args: string[], line: RegExp][] = [
    ['no command', [], /no such command/],
    ['an unknown command', ['toString'], /no such command/],
    ['half a command', ['clients'], /no such command/],
    ['a name with capitals', ['clients', 'create', 'Panel', '--scopes', 'users'], /NAME is/],
    ['no scopes', ['clients', 'create', 'panel'], /--scopes is/],
    ['an unknown scope', ['clients', 'create', 'panel', '--scopes', 'root'], /--scopes is/],
    ['an unknown option', ['clients', 'create', 'panel', '--scope', 'users'], /--scopes/],
    ['a client that is not there', ['clients', 'revoke', 'nobody'], /ID is of no client/],
  ];

  test.each(mistakes)('%s: a line that says so, then the usage', async (_what, args, line) => {
    const { code, output, errors } = await cli(...args);
    const [first = '', ...usage] = errors.split('\n');
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(first).toMatch(line);
    expect(usage.join('\n')).toMatch(/^usage:\n( {2}npm run --silent cli -- .*\n)+$/);
  });
});
