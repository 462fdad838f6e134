import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Database } from '../adapters/postgres/connection/client.ts';
import { minute } from '../domain/time.ts';
import type { Surroundings } from './command.ts';
import { type Reply, runCommand } from './run-command.ts';

/** `confirmed`: the person was asked before, and said yes. */
type Request = { args: string[]; account: string; confirmed?: boolean };

/** Has the process at `socket`, which has the embedded database open, run a command. */
export async function askService(
  socket: string,
  request: Request,
  timeoutMs = 5 * minute,
): Promise<Reply> {
  const connection = connect(socket);
  connection.setTimeout(timeoutMs, () => connection.destroy());
  connection.end(JSON.stringify(request));
  const reply = await text(connection).catch(() => '');
  if (reply) return JSON.parse(reply);
  const errors =
    'doublecheck: the running service gave no answer: check whether the command was done\n';
  return { exitCode: 1, output: '', errors };
}

/** The other end of `askService`. Only the account of the service can reach the socket. */
export async function answerCommand(
  request: string,
  database: Database,
  openParts: Surroundings['openParts'],
): Promise<string> {
  const { args, account, confirmed }: Request = JSON.parse(request);
  const reply = await runCommand(args, {
    account,
    openDatabase: async () => ({ ...database, close: async () => {} }),
    openParts,
    progress() {},
    confirm: async () => confirmed || null,
  });
  return JSON.stringify(reply);
}
