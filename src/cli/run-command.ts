import { FolderInUseError } from '../adapters/postgres/embedded/folder-lock.ts';
import { Problem } from '../domain/problems.ts';
import { readVersion } from '../process/version.ts';
import { createClient, listClients, revokeClient } from './clients.ts';
import { type Command, type Surroundings, UsageError } from './command.ts';
import { doctor } from './doctor.ts';
import { migrate } from './migrate.ts';
import { newSecret, reencryptRows } from './secrets.ts';
import { allowFrame, allowReturn, forbidSite } from './sites.ts';
import { listWebhooks, removeWebhook, setWebhook } from './webhooks.ts';

const commands: Record<string, Command> = {
  doctor,
  migrate,
  'clients create': createClient,
  'clients list': listClients,
  'clients revoke': revokeClient,
  'clients allow-return': allowReturn,
  'clients allow-frame': allowFrame,
  'clients forbid': forbidSite,
  'webhooks set': setWebhook,
  'webhooks list': listWebhooks,
  'webhooks remove': removeWebhook,
  'secrets new': newSecret,
  'secrets reencrypt': reencryptRows,
};

/**
 * Runs what was typed, and prints what went wrong.
 *
 * @returns the exit code.
 * @throws FolderInUseError, before it does anything, when another process has to run the command.
 */
export async function runCommand(args: string[], around: Surroundings): Promise<number> {
  try {
    await run(args, around);
    return 0;
  } catch (error) {
    if (error instanceof FolderInUseError) throw error;
    const help = error instanceof UsageError ? usage(nameOf(args)) : '';
    around.printError(`doublecheck: ${explain(error)}\n${help}`);
    return 1;
  }
}

async function run(args: string[], around: Surroundings): Promise<void> {
  if (args.length === 1 && args[0] === '--version') return around.print(readVersion());
  const name = nameOf(args);
  const command = name ? commands[name] : undefined;
  if (args.some(isHelp) && (command || isHelp(args[0])))
    return around.print(`${usage(name)}${command ? `\n${command.help}` : ''}`.trimEnd());
  if (!name || !command) throw new UsageError('no such command');
  await command.run(args.slice(name.split(' ').length), around);
}

/** The usage of one command, or of all. */
function usage(only?: string): string {
  const names = only ? [only] : Object.keys(commands);
  const lines = names.map((name) => `${name} ${commands[name]?.usage ?? ''}`.trimEnd());
  return `usage:\n${lines.map((line) => `  npm run --silent cli -- ${line}\n`).join('')}`;
}

function nameOf(args: string[]): string | undefined {
  return [args[0] ?? '', args.slice(0, 2).join(' ')].find((name) => Object.hasOwn(commands, name));
}

function isHelp(arg: string | undefined): boolean {
  return arg === '--help' || arg === '-h';
}

/** The line with the reason. Prisma's messages also have a heading and advice. */
function explain(error: unknown): string {
  if (Problem.is(error, 'unavailable'))
    return `the database does not answer: ${explain(error.cause)}`;
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').find((line) => line && !line.startsWith('Invalid `')) ?? message;
}
