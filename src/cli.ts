import { parseArgs } from 'node:util';
import { migratePostgres } from './adapters/postgres/client.ts';
import { prismaDirectory } from './adapters/postgres/directory.ts';
import { readDatabaseUrl } from './config.ts';
import { createApiKey, scopes } from './domain/api-key.ts';
import type { Directory } from './domain/ports.ts';
import { openDatabase } from './wire.ts';

const usage = `usage:
  npm run --silent cli -- migrate
  npm run --silent cli -- clients create NAME --scopes ${scopes.join(',')}
  npm run --silent cli -- clients list
  npm run --silent cli -- clients revoke ID
`;

/** A mistake of whoever typed the command; told in one line. */
class UsageError extends Error {}

const commands: Record<string, (args: string[]) => Promise<void>> = {
  migrate,
  'clients create': (args) => withDirectory((directory) => create(directory, args)),
  'clients list': () => withDirectory(list),
  'clients revoke': (args) => withDirectory((directory) => revoke(directory, args)),
};

async function migrate(): Promise<void> {
  const url = readDatabaseUrl();
  if (!url) return withDirectory(async () => print('the embedded database is up to date'));
  const applied = await migratePostgres(url);
  print(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
}

async function create(directory: Directory, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { scopes: { type: 'string' } },
  });
  const [name = ''] = positionals;
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw new UsageError('NAME is lower case letters, digits and dashes, 64 at most');
  const wanted = (values.scopes ?? '').split(',').map((scope) => scope.trim());
  const known = wanted.every((scope) => scopes.some((one) => one === scope));
  if (!known) throw new UsageError(`--scopes is a list out of ${scopes.join(', ')}`);
  const key = await createApiKey(directory, { name, scopes: [...new Set(wanted)] });
  print(`The API key of ${name}; it is shown this once:\n${key}`);
}

async function list(directory: Directory): Promise<void> {
  for (const { id, name, scopes: held, createdAt, revokedAt } of await directory.listClients()) {
    const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : 'active';
    print([id, name, held.join(','), `made ${createdAt.toISOString()}`, state].join('  '));
  }
}

async function revoke(directory: Directory, [id = '']: string[]): Promise<void> {
  if (!(await directory.revokeClient(id)))
    throw new UsageError('ID is of no client: see clients list');
  print(`revoked ${id}: it stops working within 10 seconds`);
}

async function withDirectory(action: (directory: Directory) => Promise<void>): Promise<void> {
  const database = await openDatabase(readDatabaseUrl());
  try {
    await action(prismaDirectory(database.prisma));
  } finally {
    await database.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(args: string[]): Promise<void> {
  const name = args[0] === 'clients' ? args.slice(0, 2).join(' ') : (args[0] ?? '');
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`no such command\n${usage.trimEnd()}`);
  await command(args.slice(name.split(' ').length));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`doublecheck: ${message}\n`);
  process.exitCode = 1;
}
