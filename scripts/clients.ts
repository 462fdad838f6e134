/**
 * Tries the clients and the examples out on a service of its own, with a test key: `npm run clients`.
 * Needs PHP with curl and phpunit; as root on Debian, it installs them.
 */
import { equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Program, root, run } from '../test/e2e/program.ts';
import { installPackages, mayInstall } from '../test/support/apt.ts';
import { freePort } from '../test/support/server-process.ts';
import { named, runPageExamples } from './clients/page-examples.ts';
import { succeeds } from './deploy/tools.ts';

const name = 'company-panel';
const scopes = 'challenges,users,admin,recovery';

const folder = await mkdtemp(join(tmpdir(), 'doublecheck-clients-'));
const webhooks = createServer();
let stopService: Program['stop'] = async () => null;

async function shell(command: string, cwd: string, env: Record<string, string> = {}) {
  const child = spawn(command, {
    cwd: join(root, cwd),
    shell: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const [code] = await once(child, 'close');
  equal(code, 0, `${command} in ${cwd}`);
  return output;
}

async function cli(...args: string[]): Promise<string> {
  const program = run('src/cli.ts', args, { cwd: folder });
  equal(await program.exit, 0, program.errors);
  return program.output.trimEnd().split('\n').at(-1) ?? '';
}

/** The first webhook that the service sends, as a file for the clients to verify. */
async function keepWebhook(secret: string): Promise<string> {
  const file = join(folder, 'webhook.json');
  const [request, response] = await once(webhooks, 'request');
  let body = '';
  for await (const part of request) body += part;
  response.end();
  await writeFile(file, JSON.stringify({ secret, headers: request.headers, body }));
  return file;
}

const phpPackages = ['php-cli', 'php-curl', 'php-xml', 'php-mbstring', 'phpunit'];

function installPhp(): void {
  const has = 'php -r "exit(extension_loaded(\'curl\') ? 0 : 1);" && phpunit --version';
  if (succeeds('sh', ['-c', has])) return;
  if (!mayInstall()) throw new Error(`install PHP: ${phpPackages.join(' ')}`);
  installPackages(...phpPackages);
}

async function startService(): Promise<string> {
  const PORT = String(await freePort());
  const service = run('src/main.ts', [], { cwd: folder, env: { PORT, LOG_LEVEL: 'warn' } });
  stopService = () => service.stop();
  await service.until(/Doublecheck listens/);
  return `http://127.0.0.1:${PORT}`;
}

async function tryOut(): Promise<void> {
  installPhp();
  await shell('npm ci --silent && npm test && npm run check --silent', 'clients/typescript');
  await shell('npm ci --silent', 'examples/typescript');
  await shell('../../clients/typescript/node_modules/.bin/tsc', 'examples/typescript');
  const url = await startService();
  const key = await cli('clients', 'create', name, '--scopes', scopes, '--test');
  webhooks.listen(0, '127.0.0.1');
  await once(webhooks, 'listening');
  const { port } = webhooks.address() as AddressInfo;
  const secret = await cli('webhooks', 'set', name, `http://127.0.0.1:${port}/`, '--test');
  const webhook = keepWebhook(secret);
  const env = { DOUBLECHECK_URL: url, DOUBLECHECK_API_KEY: key, CLIENT: name };
  await runExamples(env);
  // At once: a webhook is good for 5 minutes.
  const all = { ...env, WEBHOOK: await webhook };
  await shell('npm run --silent test:service', 'clients/typescript', all);
  await shell('phpunit --do-not-cache-result --bootstrap autoload.php tests', 'clients/php', all);
  await runPageExamples(env, (returnUrl) => cli('clients', 'allow-return', name, returnUrl));
}

/** Each signs the same user of an organization of its own in: first with a set-up, then with a code. */
async function runExamples(env: Record<string, string>): Promise<void> {
  const examples: [string, string][] = [
    ['examples/curl', './login.sh'],
    ['examples/typescript', 'node login.ts'],
    ['examples/php', 'php login.php'],
  ];
  for (const [where, command] of examples) {
    const organization = named(where);
    const headers = {
      authorization: `Bearer ${env['DOUBLECHECK_API_KEY']}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ policy: 'mandatory' });
    const url = `${env['DOUBLECHECK_URL']}/v1/organizations/${organization}`;
    equal((await fetch(url, { method: 'PUT', headers, body })).status, 201);
    for (let login = 0; login < 2; login += 1)
      match(
        await shell(`${command} ${organization} 42`, where, env),
        /^Let in: 42 by pwd mfa otp tel$/m,
      );
  }
}

try {
  await tryOut();
} finally {
  await stopService();
  webhooks.closeAllConnections();
  webhooks.close();
  await rm(folder, { recursive: true });
}
