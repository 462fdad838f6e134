import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { binary } from '../../test/support/binaries.ts';
import {
  freePort,
  postgresAccount,
  startProcess,
  temporaryFolder,
} from '../../test/support/server-process.ts';

/** Unlike the server of the tests, this one waits for its disk at each commit, and counts statements. */
const settings = [
  'listen_addresses=127.0.0.1',
  'max_connections=200',
  'shared_buffers=512MB',
  'max_wal_size=4GB',
  'checkpoint_timeout=30min',
  'shared_preload_libraries=pg_stat_statements',
];

export type Postgres = { url: string; pid: number; stop(): Promise<void> };

/** A migrated PostgreSQL, durable as in production. */
export async function startPostgres(): Promise<Postgres> {
  const account = postgresAccount();
  const folder = temporaryFolder(account);
  const data = join(folder, 'data');
  const create = ['-D', data, '-U', 'postgres', '-A', 'trust', '--encoding', 'UTF8'];
  const inC = [...create, '--locale', 'C.UTF-8'];
  execFileSync(binary('initdb'), inC, { ...account, cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  const all = [...settings, `port=${port}`, `unix_socket_directories=${folder}`];
  const server = await startProcess({
    program: binary('postgres'),
    args: ['-D', data, ...all.flatMap((setting) => ['-c', setting])],
    folder,
    account,
    ready: 'ready to accept connections',
    stopSignal: 'QUIT',
  });
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await migratePostgres(url);
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return { url, pid, stop: server.stop };
}
