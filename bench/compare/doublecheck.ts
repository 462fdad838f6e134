import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { sealing } from '../../src/adapters/sealing.ts';
import type { insertPeople, Person } from '../shared/people.ts';
import type { Program } from './server-process.ts';

export const root = join(import.meta.dirname, '../..');
const preload = new URL('../delivery/preload.ts', import.meta.url).href;

/** High enough that nothing is refused: a refusal would be cheaper than a login. */
const budgets = {
  CALLS_PER_SECOND: '1000',
  STARTS_PER_USER_MINUTE: '10000',
  CODES_PER_USER_UNAPPROVED: '1000',
  CODES_PER_USER_HOUR: '10000',
  CODES_PER_USER_DAY: '10000',
  CODES_PER_ORGANIZATION_HOUR: '1000000',
  CODES_PER_ORGANIZATION_DAY: '10000000',
  TOKEN_USES_PER_MINUTE: '100000',
};

export type Stores = { databaseUrl: string; redisUrl: string };

/** A checkout of the service with a database of its own, ready to be started. */
export type Checkout = { folder: string; env: Record<string, string>; apiKey: string };

/** Migrates the database, adds the people, and makes an API key, all with the code of that checkout. */
export async function prepareCheckout(
  folder: string,
  stores: Stores,
  everyone: readonly Person[],
): Promise<Checkout> {
  const secret = randomBytes(32);
  const env = {
    ...budgets,
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    SECRETS: `k1:${secret.toString('base64url')}`,
    ISSUER: 'https://2fa.example',
    CALL_DENY_PREFIXES: 'none',
    METHODS: 'call',
    TWILIO_ACCOUNT_SID: `AC${'a1'.repeat(16)}`,
    TWILIO_AUTH_TOKEN: 'secret',
    TWILIO_FROM: '+31508200000',
  };
  await runCli(folder, env, ['migrate']);
  const printed = await runCli(folder, env, [
    'clients',
    'create',
    'bench',
    '--scopes',
    'challenges',
  ]);
  await addPeople(folder, { secret, databaseUrl: stores.databaseUrl, everyone });
  return { folder, env, apiKey: printed.trim().split('\n').at(-1) ?? '' };
}

async function runCli(folder: string, env: Record<string, string>, args: string[]) {
  const options = { cwd: folder, env: { ...process.env, NODE_ENV: 'production', ...env } };
  return (await promisify(execFile)(process.execPath, ['src/cli.ts', ...args], options)).stdout;
}

type Adding = { secret: Buffer; databaseUrl: string; everyone: readonly Person[] };

/** Each checkout seals in its own way. */
async function addPeople(folder: string, { secret, databaseUrl, everyone }: Adding): Promise<void> {
  // Older checkouts have this file in another folder.
  const files = ['bench/shared/people.ts', 'bench/scale/people.ts'];
  const file = files.find((path) => existsSync(join(folder, path))) ?? '';
  const adding: { insertPeople: typeof insertPeople } = await import(join(folder, file));
  const seals: { sealing: typeof sealing } = await import(join(folder, 'src/adapters/sealing.ts'));
  await adding.insertPeople(databaseUrl, everyone, seals.sealing([{ kid: 'k1', bytes: secret }]));
}

/** The service as it ships, except for the delivery. */
export function serviceProgram({ folder, env }: Checkout, log: string): Program {
  const args = ['--import', preload, 'src/main.ts'];
  return { args, cwd: folder, env, readyPath: '/health/ready', log };
}

export function floorProgram(kind: 'bare' | 'dressed', stores: Stores, log: string): Program {
  const env = { DATABASE_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl };
  const args = [join(import.meta.dirname, 'floor.ts'), kind];
  return { args, cwd: root, env, readyPath: '/health/ready', log };
}
