import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from '../../test/support/binaries.ts';
import {
  freePort,
  postgresAccount,
  startProcess,
  temporaryFolder,
} from '../../test/support/server-process.ts';

const settings = [
  'listen_addresses=127.0.0.1',
  'max_connections=200',
  'shared_buffers=512MB',
  'max_wal_size=4GB',
  'checkpoint_timeout=30min',
];

export type Postgres = { url: string; pid: number; stop(): Promise<void> };

/** An empty PostgreSQL, durable as in production unless `more` says otherwise. */
export async function startPostgres(more: string[]): Promise<Postgres> {
  const account = postgresAccount();
  const folder = temporaryFolder(account);
  const data = join(folder, 'data');
  const create = ['-D', data, '-U', 'postgres', '-A', 'trust', '--encoding', 'UTF8'];
  const inC = [...create, '--locale', 'C.UTF-8'];
  execFileSync(binary('initdb'), inC, { ...account, cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  const all = [...settings, ...more, `port=${port}`, `unix_socket_directories=${folder}`];
  const server = await startProcess({
    program: binary('postgres'),
    args: ['-D', data, ...all.flatMap((setting) => ['-c', setting])],
    folder,
    account,
    ready: 'ready to accept connections',
    stopSignal: 'QUIT',
  });
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return { url, pid, stop: server.stop };
}
