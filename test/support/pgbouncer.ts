import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from './binaries.ts';
import {
  freePort,
  postgresAccount,
  type Server,
  startProcess,
  temporaryFolder,
} from './server-process.ts';

/** What a connection of the service says at its start and PgBouncer cannot keep. */
const ignored = 'statement_timeout,idle_in_transaction_session_timeout';

/** How small a pool is when many clients are to share it. */
const serverConnections = 2;

/** Starts a PgBouncer before a PostgreSQL, in transaction mode; its URL leads to the same database. */
export async function startPgbouncer(postgresUrl: string, settings = ''): Promise<Server> {
  const program = binary('pgbouncer');
  const account = postgresAccount();
  const [folder, port] = [temporaryFolder(account), await freePort()];
  const file = join(folder, 'pgbouncer.ini');
  const users = join(folder, 'users.txt');
  const there = new URL(postgresUrl);
  writeFileSync(users, `"${there.username}" ""\n`);
  writeFileSync(file, configuration(there, { port, users, settings }));
  const command = { program, args: [file], folder, ...(account && { account }) };
  const server = await startProcess({ ...command, ready: 'process up', stopSignal: 'TERM' });
  there.port = String(port);
  return { ...server, url: there.href };
}

/** Where it takes PAUSE, RESUME and the like. */
export function consoleOf({ url }: Server): string {
  return new URL('/pgbouncer', url).href;
}

function configuration(
  { hostname, port, username }: URL,
  here: { port: number; users: string; settings: string },
): string {
  return `
[databases]
* = host=${hostname} port=${port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${here.port}
unix_socket_dir =
auth_type = trust
auth_file = ${here.users}
admin_users = ${username}
pool_mode = transaction
default_pool_size = ${serverConnections}
max_client_conn = 100
server_login_retry = 1
ignore_startup_parameters = ${ignored}
${here.settings}
`;
}
