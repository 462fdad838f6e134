import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { binary } from '../support/binaries.ts';
import { startNetwork } from '../support/network.ts';
import {
  freePort,
  postgresAccount,
  startProcess,
  temporaryFolder,
} from '../support/server-process.ts';
import { createDatabase } from '../support/servers.ts';

export type DurablePostgres = Awaited<ReturnType<typeof startDurablePostgres>>;

/** A migrated PostgreSQL whose files outlive it, and a line to it that can be cut. */
export async function startDurablePostgres() {
  const account = postgresAccount();
  const [home, port] = [temporaryFolder(account), await freePort()];
  const data = join(home, 'data');
  const create = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--encoding', 'UTF8'];
  execFileSync(binary('initdb'), [...create, '--locale', 'C.UTF-8'], {
    ...account,
    cwd: home,
    stdio: 'pipe',
  });
  const settings = [`port=${port}`, 'fsync=off', 'max_connections=100'];
  settings.push('listen_addresses=127.0.0.1', 'unix_socket_directories=');
  const start = () =>
    startProcess({
      program: binary('postgres'),
      args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      folder: temporaryFolder(account),
      ready: 'ready to accept connections',
      stopSignal: 'QUIT',
      ...(account && { account }),
    });
  let server = await start();
  const admin = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const url = await createDatabase(admin, 'doublecheck');
  await migratePostgres(url);
  const line = await startNetwork(port);

  return {
    /** Past the line. */
    url,
    lineUrl: url.replace(`:${port}/`, `:${line.port}/`),
    line,
    pause: () => server.pause(),
    resume: () => server.resume(),
    stopAsCrashed: () => server.kill(),
    async startAgain() {
      server = await start();
    },
    /** Ends every connection but its own. */
    async endConnections() {
      await query(
        url,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()',
        ['doublecheck'],
      );
    },
    async stop(): Promise<void> {
      await line.close();
      await server.stop();
      rmSync(home, { recursive: true });
    },
  };
}

/** Asks the server itself one thing. */
export async function query<Row>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end().catch(() => {});
  }
}
