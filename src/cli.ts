import { createClient, listClients, revokeClient } from './cli/clients.ts';
import { migrate } from './cli/migrate.ts';
import { reencryptRows } from './cli/secrets.ts';
import { UsageError } from './cli/terminal.ts';
import { listWebhooks, removeWebhook, setWebhook } from './cli/webhooks.ts';
import { Problem } from './domain/problems.ts';
import { scopes } from './domain/secrets/api-key.ts';

const usage = `usage:
  npm run --silent cli -- migrate
  npm run --silent cli -- clients create NAME --scopes ${scopes.join(',')}
  npm run --silent cli -- clients list
  npm run --silent cli -- clients revoke ID
  npm run --silent cli -- webhooks set CLIENT URL
  npm run --silent cli -- webhooks list
  npm run --silent cli -- webhooks remove CLIENT
  npm run --silent cli -- secrets reencrypt
`;

const commands: Record<string, (args: string[]) => Promise<void>> = {
  migrate,
  'clients create': createClient,
  'clients list': listClients,
  'clients revoke': revokeClient,
  'webhooks set': setWebhook,
  'webhooks list': listWebhooks,
  'webhooks remove': removeWebhook,
  'secrets reencrypt': reencryptRows,
};

async function main(args: string[]): Promise<void> {
  const [first = ''] = args;
  const name = Object.hasOwn(commands, first) ? first : args.slice(0, 2).join(' ');
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError('no such command');
  await command(args.slice(name.split(' ').length));
}

/** The line with the point: Prisma's messages have a heading before it, and advice after it. */
function explain(error: unknown): string {
  if (Problem.is(error, 'unavailable'))
    return `the database does not answer: ${explain(error.cause)}`;
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').find((line) => line && !line.startsWith('Invalid `')) ?? message;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const help = error instanceof UsageError ? usage : '';
  process.stderr.write(`doublecheck: ${explain(error)}\n${help}`);
  process.exitCode = 1;
}
