import { type Command, InvalidArgumentError } from 'commander';
import { clientCreated, toClient } from '../domain/audit/audit.ts';
import { type Mode, modeOf, nameIn, shownName } from '../domain/mode.ts';
import type { Client, ClientSite } from '../domain/people.ts';
import { createApiKey, scopes } from '../domain/secrets/api-key.ts';
import { isOpaqueId } from '../http/schemas/fields.ts';
import { type Cli, listItems, type Report, type Surroundings, withExamples } from './command.ts';
import { addSites } from './sites.ts';
import { withStores } from './stores.ts';

type NewClient = { scopes: string[]; organizations?: string[]; test?: boolean };

export function addClients(program: Command, { around, reports }: Cli): void {
  const clients = program
    .command('clients')
    .description('API keys of backends, and where the 2FA page may lead');
  withExamples(
    clients
      .command('create')
      .description('make an API key; it is printed on the last line, this once')
      .argument('<NAME>', 'of the backend: lower case letters, digits and dashes', readName)
      .requiredOption(
        '--scopes <LIST>',
        `what it may do, of ${scopes.join(', ')}; none includes another`,
        readScopes,
      )
      .option('--organizations <LIST>', 'the only ones that exist for it', readOrganizations)
      .option('--test', 'for trying out: nothing it makes is live, and no call or push is sent')
      .action(reports((name: string, given: NewClient) => createClient(name, given, around))),
    'clients create qaller --scopes challenges',
    'clients create company-panel --scopes challenges,users --organizations acme,beta',
  );
  clients
    .command('list')
    .description('all API keys without their secrets, and what the 2FA page may do for each client')
    .action(reports(() => listClients(around)));
  withExamples(
    clients
      .command('revoke')
      .description('end an API key, on every replica within 10 seconds')
      .argument('<ID>', 'as in clients list')
      .action(reports((id: string) => revokeClient(id, around))),
    'clients revoke 0f1e2d3c4b5a6978',
  );
  addSites(clients, { around, reports });
}

async function createClient(
  given: string,
  { scopes: granted, organizations, test = false }: NewClient,
  around: Surroundings,
): Promise<Report> {
  const mode: Mode = test ? 'test' : 'live';
  const client = {
    name: nameIn(mode, given),
    scopes: granted,
    organizations: organizations?.map((id) => nameIn(mode, id)) ?? null,
  };
  return withStores(around, async ({ clients }) => {
    const key = await createApiKey(clients, client, clientCreated(client, around.account));
    const what = `The ${test ? 'test ' : ''}API key of ${given}; it is shown this once:`;
    return { lines: [what, key], json: { name: given, mode, key } };
  });
}

function listClients(around: Surroundings): Promise<Report> {
  return withStores(around, async ({ clients }) => {
    const [keys, sites] = [await clients.list(), await clients.listSites()];
    return {
      lines: [...keys.map(lineOf), ...sites.map(siteLine)],
      json: { clients: keys.map(asJson), sites },
    };
  });
}

function revokeClient(id: string, around: Surroundings): Promise<Report> {
  return withStores(around, async ({ clients }) => {
    const known = await clients.revoke(id, toClient('client.revoked', { id }, around.account));
    if (!known) throw new Error('ID is of no client: see clients list');
    return { lines: [`revoked ${id}: it stops working within 10 seconds`], json: { revoked: id } };
  });
}

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
  const ids = organizations?.map(shownName) ?? null;
  return { ...shown, scopes: granted, organizations: ids, createdAt, revokedAt };
}

/** The name of a client is in tokens and in the audit trail. */
function readName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) return name;
  throw new InvalidArgumentError('It has lower case letters, digits and dashes, 64 at most.');
}

function readScopes(list: string, before?: string[]): string[] {
  const wanted = listItems(list, before);
  const unknown = wanted.find((scope) => !scopes.some((one) => one === scope));
  if (unknown === undefined) return wanted;
  throw new InvalidArgumentError(
    `${JSON.stringify(unknown)} is no scope: it is a list out of ${scopes.join(', ')}.`,
  );
}

function readOrganizations(list: string, before?: string[]): string[] {
  const ids = listItems(list, before);
  const wrong = ids.find((id) => !isOpaqueId(id));
  if (wrong === undefined) return ids;
  throw new InvalidArgumentError(`${JSON.stringify(wrong)} is no id of an organization.`);
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
