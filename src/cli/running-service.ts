import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Database } from '../adapters/postgres/connection/client.ts';
import { minute } from '../domain/time.ts';
import { type Reply, runCommand } from './run-command.ts';

type Request = { args: string[]; account: string };

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
export async function answerCommand(request: string, database: Database): Promise<string> {
  const { args, account }: Request = JSON.parse(request);
  const reply = await runCommand(args, {
    account,
    openDatabase: async () => ({ ...database, close: async () => {} }),
  });
  return JSON.stringify(reply);
}
