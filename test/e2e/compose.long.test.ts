/** The steps of compose.yaml, as it says them, on servers without containers: from nothing to a login. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { openBackend } from '../../scripts/demo/api-client.ts';
import { binary } from '../support/binaries.ts';
import { freePort, startProcess, temporaryFolder } from '../support/server-process.ts';
import { createDatabase, startPostgres } from '../support/servers.ts';
import { emptyFolder, root, run, slowWorkMs } from './program.ts';

jest.setTimeout(3 * slowWorkMs);

const open = new AsyncDisposableStack();
afterAll(() => open.disposeAsync());

type Step = {
  command?: string[];
  environment: Record<string, string>;
  secrets: string[];
  depends_on: Record<string, { condition: string }>;
};
type Compose = { services: Record<string, Step>; secrets: Record<string, { file: string }> };

const compose: Compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true });
const step = (name: string) => compose.services[name] as Step;

test('migrations end before the service starts, and stores are healthy before both', () => {
  expect(step('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  expect(step('service').depends_on).toEqual({
    migrate: { condition: 'service_completed_successfully' },
    redis: { condition: 'service_healthy' },
  });
});

test('secrets are files with random content, made once', () => {
  const { secrets } = makeSecrets();
  expect(() => makeSecrets(secrets)).toThrow(/is there already/);
  const names = Object.keys(compose.secrets);
  for (const name of names) expect(readFileSync(join(secrets, name), 'utf8')).toMatch(/\w{20}/);
  const text = readFileSync(join(root, 'compose.yaml'), 'utf8');
  expect([...text.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name]) => name)).toEqual(
    expect.arrayContaining(names),
  );
});

test('its steps lead to a first login', async () => {
  const { secrets } = makeSecrets();
  const redis = await startRedisOf(secrets);
  const postgres = await startPostgres();
  open.defer(redis.stop);
  open.defer(postgres.stop);
  await createDatabase(postgres.url, 'doublecheck');
  moveTo(secrets, { database_url: postgres.url, redis_url: `redis://127.0.0.1:${redis.port}` });

  const env = environmentOf(step('service'), secrets);
  expect(await cli(step('migrate').command ?? [], env)).toMatch(/^applied/);
  const PORT = String(await freePort());
  const service = run('src/main.ts', [], { cwd: root, env: { ...env, PORT } });
  open.defer(async () => void (await service.stop()));
  await service.until(/Doublecheck listens/);
  const create = 'clients create panel --scopes challenges,users,admin';
  const key = await cli(create.split(' '), env);
  const apiKey = key.trimEnd().split('\n').at(-1) ?? '';
  const backend = openBackend({ url: `http://127.0.0.1:${PORT}`, apiKey });
  await backend.saveOrganization('acme', { policy: 'optional' });
  const page = await backend.start({
    organizationId: 'acme',
    userId: '42',
    app: { name: 'company-panel' },
  });
  await page.addFactor({ method: 'call', phoneNumber: '06 12345678' });
  const [, code = ''] = await service.until(/your code is (\d{4})/);
  await page.verify(code);
  const { result } = await page.skip();
  expect(await backend.redeem(result?.token ?? '')).toMatchObject({ sub: expect.any(String) });
});

function makeSecrets(given?: string) {
  const { folder: parent, remove } = emptyFolder();
  open.defer(remove);
  const folder = given ?? join(parent, 'secrets');
  execFileSync(join(root, 'deploy/compose/make-secrets.sh'), [folder], { stdio: 'pipe' });
  return { secrets: folder };
}

async function startRedisOf(secrets: string) {
  const port = await freePort();
  const [, ...args] = compose.services['redis']?.command ?? [];
  const server = await startProcess({
    program: binary('redis-server'),
    args: [...args.map((arg) => inFolder(arg, secrets)), '--port', String(port)],
    folder: temporaryFolder(),
    ready: 'Ready to accept connections',
    stopSignal: 'TERM',
  });
  return { ...server, port };
}

/** Names of containers become addresses of servers here. Accounts and passwords stay. */
function moveTo(secrets: string, servers: Record<string, string>): void {
  for (const [name, server] of Object.entries(servers)) {
    const url = new URL(readFileSync(join(secrets, name), 'utf8').trim());
    url.host = new URL(server).host;
    if (name === 'database_url') url.username = 'postgres';
    writeFileSync(join(secrets, name), url.href);
  }
}

function environmentOf({ environment }: Step, secrets: string): Record<string, string> {
  const values = Object.entries(environment).map(([name, value]) => [
    name,
    inFolder(value.replace(/\$\{\w+:-(.*)\}/, '$1'), secrets),
  ]);
  return Object.fromEntries(values);
}

function inFolder(text: string, secrets: string): string {
  return text.replace('/run/secrets', secrets);
}

async function cli(command: string[], env: Record<string, string>): Promise<string> {
  const args = command[0] === 'doublecheck' ? command.slice(1) : command;
  const program = run('src/cli.ts', args, { cwd: root, env });
  expect([await program.exit, program.errors]).toEqual([0, '']);
  return program.output;
}
