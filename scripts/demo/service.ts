import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Address, DemoError } from './api-client.ts';
import type { Terminal } from './terminal.ts';

export type Service = Address & {
  /** Rejects when the service ends before the demo does. */
  lost: Promise<never>;
} & AsyncDisposable;

const program = join(import.meta.dirname, '../../src/main.ts');
const keyFile = '.data/development-api-key';

/** Uses the service that runs. If none runs, starts one, which stops when the demo ends. */
export async function connectToService(terminal: Terminal): Promise<Service> {
  const url = process.env['DOUBLECHECK_URL'] || 'http://127.0.0.1:3000';
  if (!URL.canParse(url)) throw new DemoError('DOUBLECHECK_URL is not a URL.');
  if (await answers(url)) {
    terminal.show(`Using the service at ${url}.`);
    terminal.show('Codes appear in the terminal of that service, or arrive by phone.');
    return { url, apiKey: apiKey(), lost: never, async [Symbol.asyncDispose]() {} };
  }
  return startOwn(terminal, new URL(url));
}

const never = new Promise<never>(() => {});

async function answers(url: string): Promise<boolean> {
  const ready = new URL('/health/ready', url);
  const answer = await fetch(ready, { signal: AbortSignal.timeout(3_000) }).catch(() => null);
  if (!answer) return false;
  const body = Object(await answer.json().catch(() => null));
  if (body.status === 'ready') return true;
  if (body.type === '/problems/unavailable') throw new DemoError(`${url} is not ready yet.`);
  throw new DemoError(`The server at ${url} is not Doublecheck.`);
}

function apiKey(): string {
  if (process.env['DOUBLECHECK_API_KEY']) return process.env['DOUBLECHECK_API_KEY'];
  try {
    return readFileSync(keyFile, 'utf8').trim();
  } catch {
    throw new DemoError(`There is no ${keyFile} here: set DOUBLECHECK_API_KEY.`);
  }
}

async function startOwn(terminal: Terminal, { hostname, port, href }: URL): Promise<Service> {
  if (!['127.0.0.1', 'localhost'].includes(hostname))
    throw new DemoError(`Nothing answers at ${href}`);
  terminal.show(
    'No service runs here yet, so the demo starts one. The first time takes some seconds.',
  );
  const child = spawn(process.execPath, [program], {
    env: { LOG_LEVEL: 'warn', ...process.env, HOST: hostname, PORT: port || '80' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lost = exited.then(() => {
    throw new DemoError('The service has stopped.');
  });
  lost.catch(() => {});
  await Promise.race([waitUntilListening(child, terminal), lost]);
  return {
    url: href,
    apiKey: apiKey(),
    lost,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Shows the codes that the service prints. Resolves when the service listens. */
function waitUntilListening({ stdout }: ChildProcess, terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    if (!stdout) throw new Error('no output to read');
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.startsWith('☎')) terminal.show(`\n    ${line}`);
      if (line.startsWith('Doublecheck listens')) resolve();
    });
  });
}
