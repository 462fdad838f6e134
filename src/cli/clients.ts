import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { clientCreated, toClient } from '../domain/audit/audit.ts';
import { createApiKey, scopes } from '../domain/secrets/api-key.ts';
import { type Stores, withStores } from './stores.ts';
import { print, UsageError } from './terminal.ts';

/** What a client may be called: it stands in tokens and in the audit trail. */
export const clientName = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Makes an API key and prints it, alone on the last line, this once. */
export async function createClient(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args);
  const [name = ''] = positionals;
  if (!clientName.test(name))
    throw new UsageError('NAME is lower case letters, digits and dashes, 64 at most');
  const wanted = (values.scopes ?? '').split(',').map((scope) => scope.trim());
  const known = wanted.every((scope) => scopes.some((one) => one === scope));
  if (!known) throw new UsageError(`--scopes is a list out of ${scopes.join(', ')}`);
  await withStores((stores) => create(stores, { name, scopes: [...new Set(wanted)] }));
}

async function create(
  { clients }: Stores,
  client: { name: string; scopes: string[] },
): Promise<void> {
  const { name } = client;
  const key = await createApiKey(clients, client, clientCreated(client, userInfo().username));
  print(`The API key of ${name}; it is shown this once:\n${key}`);
}

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { scopes: { type: 'string' } } });
  } catch (cause) {
    throw new UsageError('the one option is --scopes, with a list', { cause });
  }
}

export async function listClients(): Promise<void> {
  await withStores(async ({ clients }) => {
    for (const { id, name, scopes: held, createdAt, revokedAt } of await clients.list()) {
      const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : 'active';
      print([id, name, held.join(','), `made ${createdAt.toISOString()}`, state].join('  '));
    }
  });
}

export async function revokeClient([id = '']: string[]): Promise<void> {
  await withStores(async ({ clients }) => {
    const entry = toClient('client.revoked', { id }, userInfo().username);
    const known = await clients.revoke(id, entry);
    if (!known) throw new UsageError('ID is of no client: see clients list');
    print(`revoked ${id}: it stops working within 10 seconds`);
  });
}
