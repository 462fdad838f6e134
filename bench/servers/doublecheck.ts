import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { sealing } from '../../src/adapters/sealing.ts';
import { twilioSettings } from '../delivery/twilio.ts';
import { budgets } from '../shared/budgets.ts';
import type { insertPeople, Person } from '../shared/people.ts';
import type { StepsOf } from './server.ts';
import type { Program } from './server-process.ts';
import { challengeSteps, otherRequests } from './steps.ts';

export const root = join(import.meta.dirname, '../..');

export type Stores = { databaseUrl: string; redisUrl: string };

/** A checkout of the service with a database, ready to be started. */
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
    ...twilioSettings,
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    SECRETS: `k1:${secret.toString('base64url')}`,
    ISSUER: 'https://2fa.example',
    DRAIN_SECONDS: '0',
  };
  await runCli(folder, env, ['migrate']);
  const create = ['clients', 'create', 'bench', '--scopes', 'challenges'];
  const printed = await runCli(folder, env, create);
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

const preload = new URL('../delivery/preload.ts', import.meta.url).href;

/** The service as `npm start` starts it, and the same without its delivery. */
export function servicePrograms({ folder, env }: Checkout, log: string) {
  const script = startScript(folder);
  const shipped: Program = { ...script, cwd: folder, env: { ...script.env, ...env }, log };
  return { shipped, program: { ...shipped, args: ['--import', preload, ...shipped.args] } };
}

/** What Node is given by it: such as `NAME=value exec node --option src/main.ts`. What the shell would put in is left out. */
function startScript(folder: string): Pick<Program, 'args' | 'env'> {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const words: string[] = scripts.start.replaceAll(/\$\([^)]*\) /g, '').split(' ');
  const node = words.indexOf('node');
  const pairs = words.slice(0, node).filter((word) => word.includes('='));
  const env = pairs.map((pair) => pair.split('=', 2));
  return { args: words.slice(node + 1), env: Object.fromEntries(env) };
}

export function serviceSteps({ apiKey }: Checkout): StepsOf {
  const addressOf = ({ number }: Person) => number;
  return ({ http, codes }) => ({
    ...challengeSteps({ http, codes, apiKey, addressOf }),
    others: otherRequests(http),
  });
}

export function floorProgram(kind: 'bare' | 'dressed', stores: Stores, log: string): Program {
  const env = { DATABASE_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl };
  return { args: [join(import.meta.dirname, 'floor.ts'), kind], cwd: root, env, log };
}

/** A floor knows a person by the id, and checks no key. */
export const floorSteps: StepsOf = ({ http, codes }) =>
  challengeSteps({ http, codes, apiKey: 'none', addressOf: ({ userId }) => userId });
