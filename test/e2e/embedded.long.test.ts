/** `npm start` in an empty folder: what it prints is true, and what it keeps is there again. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { binary } from '../support/binaries.ts';
import { freePort } from '../support/server-process.ts';
import { emptyFolder, eventually, type Program, run, slowWorkMs } from './program.ts';

jest.setTimeout(slowWorkMs);

const { folder, remove } = emptyFolder();
let service: Program;
let url: string;
let key: string;

async function start(): Promise<void> {
  service = run('src/main.ts', [], { cwd: folder, env: { PORT: new URL(url).port } });
  await service.until(/^Doublecheck listens on (http:\S+)$/m);
  [, key = ''] = await service.until(/^ {2}API key +(dck_\S+)/m);
}

beforeAll(async () => {
  url = `http://127.0.0.1:${await freePort()}`;
  await start();
});

afterAll(async () => {
  await service.stop();
  remove();
});

type Listed = { userId: string };

const cli = (...args: string[]) => run('src/cli.ts', args, { cwd: folder });

async function beginLogin(apiKey: string): Promise<number> {
  const body = { organizationId: 'acme', userId: randomUUID(), app: { name: 'company-panel' } };
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${url}/v1/challenges`, options);
  return answer.status;
}

async function policyOfAcme(): Promise<string> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${url}/v1/organizations/acme`, { headers });
  const { policy } = (await answer.json()) as { policy: string };
  return policy;
}

/** The blocks of commands that stand indented in what the service printed. */
function printedCommands(): string[] {
  const [, login = ''] = service.output.split('paste one into another terminal:');
  return login.split(/^\S.*$/m).slice(0, 3);
}

describe('the embedded service', () => {
  test('says what it runs on', () => {
    expect(service.output).toContain('embedded PostgreSQL in .data/');
    expect(service.output).toContain('in this process');
    expect(service.output).toContain('call by console, push by console');
  });

  test('prints a login that works as it is printed', async () => {
    binary('curl');
    const shell = run('bash', [], { cwd: folder });
    const [begin = '', verify = '', skip = ''] = printedCommands();
    shell.type(begin);
    const [, code = ''] = await service.until(/☎ {2}call to 316\*{5}78: your code is (\d{4})$/m);
    await shell.until(/"status":"verify".*"hint":"316\*{5}78"/);
    expect(verify).toContain('"code":"0000"');
    shell.type(verify.replace('0000', code));
    await shell.until(/"status":"enrol".*"step":"backup","skippable":true/);
    shell.type(skip);
    await shell.until(/"status":"approved".*"token":"\S+","expiresAt":"\S+","amr":\["pwd","mfa"/);
    shell.type('exit');
    expect(await shell.exit).toBe(0);
    expect(shell.errors).toBe('');
  });

  test('takes a key made by the command line beside it, until that key is revoked', async () => {
    const created = cli('clients', 'create', 'company-panel', '--scopes', 'challenges');
    expect(await created.exit).toBe(0);
    const made = created.output.trim().split('\n').at(-1) ?? '';
    expect(await beginLogin(made)).toBe(201);

    const id = made.split('_')[1] ?? '';
    const listed = cli('clients', 'list');
    await listed.exit;
    expect(listed.output).toContain(`${id}  company-panel  challenges`);
    const revoked = cli('clients', 'revoke', id);
    expect(await revoked.exit).toBe(0);
    await eventually(10_000, async () => (await beginLogin(made)) === 401);
    expect(await beginLogin(key)).toBe(201);
  });

  test('a mistake in a command beside it is explained as ever', async () => {
    const wrong = cli('clients', 'revoke', 'nobody');
    expect(await wrong.exit).toBe(1);
    expect(wrong.errors).toMatch(/^doublecheck: ID is of no client.*\n$/);
  });

  test('renews its secrets and sets webhooks by commands beside it', async () => {
    const set = cli('webhooks', 'set', 'development', 'http://127.0.0.1:9/alerts');
    expect(await set.exit).toBe(0);
    const renewed = cli('secrets', 'reencrypt');
    expect(await renewed.exit).toBe(0);
    expect(renewed.output).toMatch(/^webhook_endpoints: 0 of 1 rows sealed again\nevery row/m);
  });

  test('helps users by commands beside it, on the stores inside it', async () => {
    const headers = { authorization: `Bearer ${key}` };
    const listed = `${url}/v1/organizations/acme/users?state=enrolled`;
    const { items } = (await (await fetch(listed, { headers })).json()) as { items: Listed[] };
    const user = ['acme', items[0]?.userId ?? ''];
    const unsure = cli('users', 'reset', ...user);
    expect([await unsure.exit, unsure.output]).toEqual([2, '']);
    expect(unsure.errors).toMatch(/^doublecheck: without a terminal, reset needs --yes\n/);
    const unlocked = cli('users', 'unlock', ...user, '--json');
    expect(await unlocked.exit).toBe(0);
    expect(JSON.parse(unlocked.output)).toMatchObject({ mode: 'live' });
    const reset = cli('users', 'reset', ...user, '--yes');
    expect([await reset.exit, reset.errors]).toEqual([0, '']);
    expect(reset.output).toMatch(/ has no factors any more: 1 were removed\n$/);
  });

  test('is not started twice in a folder: a line that names the folder', async () => {
    const second = run('src/main.ts', [], { cwd: folder });
    expect(await second.exit).toBe(1);
    expect(second.errors).toMatch(/^doublecheck: \/.*\.data\/postgres is in use: .*\n$/);
  });

  test('in the way of another one: a line that names the port', async () => {
    const elsewhere = emptyFolder();
    const { port: PORT } = new URL(url);
    const second = run('src/main.ts', [], { cwd: elsewhere.folder, env: { PORT } });
    expect(await second.exit).toBe(1);
    expect(second.errors).toMatch(/^doublecheck: PORT \d+ is taken: .*\n$/);
    elsewhere.remove();
  });

  test('ends cleanly on a signal, and has all data when it is started again', async () => {
    const before = { key, policy: await policyOfAcme() };
    expect(await service.stop('SIGTERM')).toBe(0);
    expect(service.errors).toBe('');
    await start();
    expect({ key, policy: await policyOfAcme() }).toEqual(before);
    expect(before.policy).toBe('optional');
  });
});
