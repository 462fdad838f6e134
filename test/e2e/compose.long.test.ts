/** The steps of compose.yaml, as it says them, on servers without containers: from nothing to a login. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { openBackend } from '../../scripts/demo/api-client.ts';
import { playFirstLogin } from '../../scripts/demo/first-login.ts';
import { freePort } from '../support/server-process.ts';
import { compose, environmentOf, makeSecrets, serviceOf, startStores } from './compose-steps.ts';
import { emptyFolder, root, run, slowWorkMs } from './program.ts';

jest.setTimeout(3 * slowWorkMs);

const open = new AsyncDisposableStack();
afterAll(() => open.disposeAsync());

test('migrations end before the service starts, and stores are healthy before both', () => {
  expect(serviceOf('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  expect(serviceOf('service').depends_on).toEqual({
    migrate: { condition: 'service_completed_successfully' },
    redis: { condition: 'service_healthy' },
  });
});

test('secrets are files with random content, made once', () => {
  const secrets = newSecrets();
  expect(() => makeSecrets(secrets)).toThrow(/is there already/);
  const names = Object.keys(compose.secrets);
  const { redis_conf = '', ...contents } = Object.fromEntries(
    names.map((name) => [name, readFileSync(join(secrets, name), 'utf8')]),
  );
  const password = /^requirepass ([0-9a-f]{48})$/m.exec(redis_conf)?.[1];
  expect(contents).toEqual({
    postgres_password: expect.stringMatching(/^[0-9a-f]{48}\n$/),
    database_url: `postgresql://doublecheck:${contents.postgres_password?.trimEnd()}@postgres/doublecheck\n`,
    redis_url: `redis://:${password}@redis:6379\n`,
    secrets: expect.stringMatching(/^k1:[\w-]{43}\n$/),
  });
  const text = readFileSync(join(root, 'compose.yaml'), 'utf8');
  expect([...text.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name]) => name)).toEqual(
    expect.arrayContaining(names),
  );
});

test('its steps lead to a first login', async () => {
  const secrets = newSecrets();
  const stores = await startStores(secrets);
  open.defer(stores.stop);

  const env = environmentOf('service', secrets);
  expect(await cli(serviceOf('migrate').command ?? [], env)).toMatch(/^applied/);
  const PORT = String(await freePort());
  const service = run('src/main.ts', [], { cwd: root, env: { ...env, PORT } });
  open.defer(async () => void (await service.stop()));
  await service.until(/Doublecheck listens/);
  const create = 'clients create panel --scopes challenges,users,admin';
  const key = await cli(create.split(' '), env);
  const apiKey = key.trimEnd().split('\n').at(-1) ?? '';
  const backend = openBackend({ url: `http://127.0.0.1:${PORT}`, apiKey });
  const redeemed = await playFirstLogin(backend, async () => {
    const [, code = ''] = await service.until(/your code is (\d{4})/);
    return code;
  });
  expect(redeemed).toMatchObject({ sub: '42', amr: ['pwd', 'mfa', 'otp', 'tel'] });
});

function newSecrets(): string {
  const { folder, remove } = emptyFolder();
  open.defer(remove);
  const secrets = join(folder, 'secrets');
  makeSecrets(secrets);
  return secrets;
}

async function cli(command: string[], env: Record<string, string>): Promise<string> {
  const args = command[0] === 'doublecheck' ? command.slice(1) : command;
  const program = run('src/cli.ts', args, { cwd: root, env });
  expect([await program.exit, program.errors]).toEqual([0, '']);
  return program.output;
}
