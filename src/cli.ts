import { createClient, listClients, revokeClient } from './cli/clients.ts';
import type { Command } from './cli/command.ts';
import { migrate } from './cli/migrate.ts';
import { reencryptRows } from './cli/secrets.ts';
import { print, UsageError } from './cli/terminal.ts';
import { listWebhooks, removeWebhook, setWebhook } from './cli/webhooks.ts';
import { Problem } from './domain/problems.ts';

const commands: Record<string, Command> = {
  migrate,
  'clients create': createClient,
  'clients list': listClients,
  'clients revoke': revokeClient,
  'webhooks set': setWebhook,
  'webhooks list': listWebhooks,
  'webhooks remove': removeWebhook,
  'secrets reencrypt': reencryptRows,
};

/** How the commands are typed: of one, or of all. */
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

async function main(args: string[]): Promise<void> {
  const name = nameOf(args);
  const command = name ? commands[name] : undefined;
  if (args.some(isHelp) && (command || isHelp(args[0])))
    return print(`${usage(name)}${command ? `\n${command.help}` : ''}`.trimEnd());
  if (!name || !command) throw new UsageError('no such command');
  await command.run(args.slice(name.split(' ').length));
}

/** The line with the point: Prisma's messages have a heading before it, and advice after it. */
function explain(error: unknown): string {
  if (Problem.is(error, 'unavailable'))
    return `the database does not answer: ${explain(error.cause)}`;
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').find((line) => line && !line.startsWith('Invalid `')) ?? message;
}

const args = process.argv.slice(2);
try {
  await main(args);
} catch (error) {
  const help = error instanceof UsageError ? usage(nameOf(args)) : '';
  process.stderr.write(`doublecheck: ${explain(error)}\n${help}`);
  process.exitCode = 1;
}
