import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { prismaAuditTrail } from './adapters/postgres/audit-trail.ts';
import { migratePostgres } from './adapters/postgres/client.ts';
import { prismaDirectory } from './adapters/postgres/directory.ts';
import { pendingMigrations } from './adapters/postgres/migrate.ts';
import { readDatabaseUrl } from './config.ts';
import { createApiKey, parseApiKey, scopes } from './domain/api-key.ts';
import { toClient } from './domain/audit.ts';
import type { Deps } from './domain/ports.ts';
import { Problem } from './domain/problems.ts';
import { openDatabase } from './wire.ts';

const usage = `usage:
  npm run --silent cli -- migrate
  npm run --silent cli -- clients create NAME --scopes ${scopes.join(',')}
  npm run --silent cli -- clients list
  npm run --silent cli -- clients revoke ID
`;

/** A mistake of whoever typed the command; told in one line, with the usage under it. */
class UsageError extends Error {}

const commands: Record<string, (args: string[]) => Promise<void>> = {
  migrate,
  'clients create': (args) => withStores((stores) => create(stores, args)),
  'clients list': () => withStores(list),
  'clients revoke': (args) => withStores((stores) => revoke(stores, args)),
};

async function migrate(): Promise<void> {
  const url = readDatabaseUrl();
  if (!url) return withStores(async () => print('the embedded database is up to date'));
  const applied = await migratePostgres(url);
  print(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
}

async function create({ directory, trail }: Stores, args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args);
  const [name = ''] = positionals;
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw new UsageError('NAME is lower case letters, digits and dashes, 64 at most');
  const wanted = (values.scopes ?? '').split(',').map((scope) => scope.trim());
  const known = wanted.every((scope) => scopes.some((one) => one === scope));
  if (!known) throw new UsageError(`--scopes is a list out of ${scopes.join(', ')}`);
  const key = await createApiKey(directory, { name, scopes: [...new Set(wanted)] });
  const details = { id: parseApiKey(key)?.id ?? null, name, scopes: wanted.join(' ') };
  await trail.record(toClient('client.created', details, userInfo().username));
  print(`The API key of ${name}; it is shown this once:\n${key}`);
}

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { scopes: { type: 'string' } } });
  } catch (cause) {
    throw new UsageError('the one option is --scopes, with a list', { cause });
  }
}

async function list({ directory }: Stores): Promise<void> {
  for (const { id, name, scopes: held, createdAt, revokedAt } of await directory.listClients()) {
    const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : 'active';
    print([id, name, held.join(','), `made ${createdAt.toISOString()}`, state].join('  '));
  }
}

async function revoke({ directory, trail }: Stores, [id = '']: string[]): Promise<void> {
  if (!(await directory.revokeClient(id)))
    throw new UsageError('ID is of no client: see clients list');
  await trail.record(toClient('client.revoked', { id }, userInfo().username));
  print(`revoked ${id}: it stops working within 10 seconds`);
}

type Stores = Pick<Deps, 'directory' | 'trail'>;

async function withStores(action: (stores: Stores) => Promise<void>): Promise<void> {
  const database = await openDatabase(readDatabaseUrl());
  try {
    // Not by `ping`, whose time limit is for logins: the first question of a process is slow.
    const [pending] = await pendingMigrations(database.prisma);
    if (pending) throw new Error(`the database lacks the migration ${pending}: migrate it first`);
    const { prisma } = database;
    await action({ directory: prismaDirectory(prisma), trail: prismaAuditTrail(prisma) });
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
