import { clientCreated, toClient } from '../domain/audit/audit.ts';
import { type Mode, modeOf, nameIn, shownName } from '../domain/mode.ts';
import type { Client, ClientSite } from '../domain/people.ts';
import { createApiKey, scopes } from '../domain/secrets/api-key.ts';
import { isOpaqueId } from '../http/schemas/fields.ts';
import { readArguments } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { withStores } from './stores.ts';

/** The name of a client is in tokens and in the audit trail. */
export const clientName = /^[a-z0-9][a-z0-9-]{0,63}$/;

export const createClient: Command = {
  usage: `NAME --scopes ${scopes.join(',')} [--organizations ID,ID] [--test]`,
  help: `Creates an API key for the client NAME, and prints it on the last line, this once.
--scopes         what the key may do, one or more of ${scopes.join(', ')};
                 none of them includes another
--organizations  the only organizations that exist for the key; without it, all
--test           a key for trying out: what it makes is never live, and no call or push is sent`,
  async run(args, around) {
    const given = readArguments(args, {
      words: ['NAME'],
      options: ['scopes', 'organizations'],
      flags: ['test'],
    });
    const mode = given['test'] ? 'test' : 'live';
    const client = {
      name: nameIn(mode, readName(given['NAME'])),
      scopes: readScopes(given['scopes']),
      organizations: readOrganizations(given['organizations'], mode),
    };
    const entryFor = clientCreated(client, around.account);
    await withStores(around, async ({ clients }) => {
      const key = await createApiKey(clients, client, entryFor);
      around.print(
        `The ${mode === 'test' ? 'test ' : ''}API key of ${shownName(client.name)}; it is shown this once:\n${key}`,
      );
    });
  },
};

export const listClients: Command = {
  usage: '[--json]',
  help: `Lists all API keys: id, client, scopes, organizations, and whether it is revoked. Then what
the 2FA page may do for each client.
--json  as one JSON object, with clients and sites`,
  async run(args, around) {
    const { json } = readArguments(args, { flags: ['json'] });
    await withStores(around, async ({ clients }) => {
      if (json) {
        const listed = (await clients.list()).map(asJson);
        const sites = await clients.listSites();
        return around.print(JSON.stringify({ clients: listed, sites }));
      }
      for (const client of await clients.list()) around.print(lineOf(client));
      for (const site of await clients.listSites()) around.print(siteLine(site));
    });
  },
};

export const revokeClient: Command = {
  usage: 'ID',
  help: 'Revokes the API key with this id; it stops working within 10 seconds.',
  async run(args, around) {
    const { ID: id = '' } = readArguments(args, { words: ['ID'] });
    await withStores(around, async ({ clients }) => {
      const entry = toClient('client.revoked', { id }, around.account);
      const known = await clients.revoke(id, entry);
      if (!known) throw new UsageError('ID is of no client: see clients list');
      around.print(`revoked ${id}: it stops working within 10 seconds`);
    });
  },
};

/** Names each field: what a stored key may have besides is not for the terminal. */
function asJson({
  id,
  name,
  scopes: granted,
  organizations,
  createdAt,
  revokedAt,
}: Client): object {
  const shown = { id, name: shownName(name), mode: modeOf(name) };
  return { ...shown, scopes: granted, organizations, createdAt, revokedAt };
}

function readName(name = ''): string {
  if (clientName.test(name)) return name;
  throw new UsageError('NAME is lower case letters, digits and dashes, 64 at most');
}

function readScopes(list: string | undefined): string[] {
  const wanted = itemsOf(list ?? '');
  const unknown = wanted.find((scope) => !scopes.some((one) => one === scope));
  if (unknown === undefined) return wanted;
  const what = list ? `${JSON.stringify(unknown)} is no scope: ` : '';
  throw new UsageError(`${what}--scopes is a list out of ${scopes.join(', ')}`);
}

function readOrganizations(list: string | undefined, mode: Mode): string[] | null {
  if (list === undefined) return null;
  const ids = itemsOf(list);
  const wrong = ids.find((id) => !isOpaqueId(id));
  if (wrong === undefined) return ids.map((id) => nameIn(mode, id));
  throw new UsageError(`--organizations: ${JSON.stringify(wrong)} is no id of an organization`);
}

function itemsOf(list: string): string[] {
  return [...new Set(list.split(',').map((item) => item.trim()))];
}

function lineOf({
  id,
  name,
  scopes: granted,
  organizations,
  createdAt,
  revokedAt,
}: Client): string {
  const ids = organizations?.map(shownName).join(',');
  const reach = ids === undefined ? 'all organizations' : `only ${ids}`;
  const mode = modeOf(name) === 'test' ? ['test'] : [];
  const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : 'active';
  const shown = [id, shownName(name), ...mode, granted.join(','), reach];
  return [...shown, `made ${createdAt.toISOString()}`, state].join('  ');
}

function siteLine({ client, use, url }: ClientSite): string {
  return `${client}  ${use === 'return' ? 'may return to' : 'may be framed by'} ${url}`;
}
