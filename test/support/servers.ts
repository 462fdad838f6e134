import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { binary } from './binaries.ts';
import {
  freePort,
  postgresAccount,
  type Server,
  startProcess,
  temporaryFolder,
} from './server-process.ts';

export type { Server } from './server-process.ts';

/** The migrated database that every fresh one is a copy of. */
export const templateDatabase = 'doublecheck_template';

const redisDatabases = 64;

/** Starts a Redis of the test's own; the test must stop it. */
export async function startRedis(args: string[] = []): Promise<Server> {
  const program = binary('redis-server');
  const port = await freePort();
  const folder = temporaryFolder();
  const settings = `--port ${port} --bind 127.0.0.1 --databases ${redisDatabases} --appendonly no`;
  const server = await startProcess({
    program,
    args: [...settings.split(' '), '--save', '', '--maxmemory-policy', 'noeviction', ...args],
    folder,
    ready: 'Ready to accept connections',
    stopSignal: 'TERM',
  });
  return { ...server, url: `redis://127.0.0.1:${port}` };
}

/** Starts a PostgreSQL of the test's own, empty; the test must stop it. */
export async function startPostgres(): Promise<Server> {
  const initdb = binary('initdb');
  const program = binary('postgres');
  const account = postgresAccount();
  const folder = temporaryFolder(account);
  const data = join(folder, 'data');
  const locale = ['--encoding', 'UTF8', '--locale', 'C.UTF-8'];
  const create = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', ...locale];
  execFileSync(initdb, create, { ...account, cwd: folder, stdio: 'pipe' });
  return startPostgresIn(folder, { program, data, port: await freePort() });
}

async function startPostgresIn(
  folder: string,
  { program, data, port }: { program: string; data: string; port: number },
): Promise<Server> {
  const settings = ['fsync=off', 'max_connections=200', 'listen_addresses=127.0.0.1'];
  settings.push(`port=${port}`, `unix_socket_directories=${folder}`);
  const server = await startProcess({
    program,
    args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    folder,
    account: postgresAccount(),
    ready: 'ready to accept connections',
    stopSignal: 'QUIT',
  });
  return { ...server, url: `postgresql://postgres@127.0.0.1:${port}/postgres` };
}

/** The URL of a new, migrated database on the tests' PostgreSQL. */
export async function freshDatabase(): Promise<string> {
  const worker = process.env['JEST_WORKER_ID'] ?? '0';
  const name = `test_${worker}_${randomUUID().slice(0, 13).replace('-', '')}`;
  return createDatabase(address('TEST_DATABASE_URL'), name, templateDatabase);
}

/** Makes a database on a server, as a copy of `template` where one is named. */
export async function createDatabase(
  adminUrl: string,
  name: string,
  template = 'template1',
): Promise<string> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`);
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The URL of an empty Redis database that no other test file uses now. */
export async function freshRedis(): Promise<string> {
  const url = address('TEST_REDIS_URL');
  const redis = new Redis(url);
  const taken = await redis.incr('databases-taken');
  const index = 1 + (taken % (redisDatabases - 1));
  await redis.select(index);
  await redis.flushdb();
  await redis.quit();
  return `${url}/${index}`;
}

/** Whether a store is on one of the servers that the whole run uses. */
export function isShared(url: string): boolean {
  const shared = [address('TEST_DATABASE_URL'), address('TEST_REDIS_URL')];
  return shared.some((one) => new URL(one).host === new URL(url).host);
}

function address(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with npm test`);
  return value;
}
