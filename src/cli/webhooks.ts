import type { Command } from 'commander';
import { prismaWebhookEndpoints } from '../adapters/postgres/audit/webhook-endpoints.ts';
import { refusalOfWebhook } from '../adapters/webhooks/addresses.ts';
import { readConfig } from '../config/config.ts';
import { webhookChanged } from '../domain/audit/audit.ts';
import { modeOf, nameIn, shownName } from '../domain/mode.ts';
import type { Clients, WebhookEndpoint, WebhookEndpoints } from '../domain/ports.ts';
import { type Cli, type Report, type Surroundings, UsageError, withExamples } from './command.ts';
import { readSealing, withStores } from './stores.ts';

type Given = { test?: true };

export function addWebhooks(program: Command, { around, reports }: Cli): void {
  const webhooks = program.command('webhooks').description('where the alerts of clients go');
  withExamples(
    webhooks
      .command('set')
      .description('send alerts to a URL; the secret that signs them is printed, this once')
      .argument('<CLIENT>', 'its name')
      .argument('<URL>', 'in production https, and out of the network')
      .option('--test', 'the alerts of test mode')
      .action(
        reports((name: string, url: string, given: Given) =>
          setWebhook(clientOf(name, given), url, around),
        ),
      ),
    'webhooks set company-panel https://panel.example/hooks/doublecheck',
  );
  webhooks
    .command('list')
    .description('the clients with a webhook, and its URL')
    .action(reports(() => listWebhooks(around)));
  webhooks
    .command('remove')
    .description('remove a webhook, with all that was still to be sent to it')
    .argument('<CLIENT>', 'its name')
    .option('--test', 'the alerts of test mode')
    .action(reports((name: string, given: Given) => removeWebhook(clientOf(name, given), around)));
}

async function setWebhook(client: string, address: string, around: Surroundings): Promise<Report> {
  const url = await readUrl(address);
  return withEndpoints(around, async (endpoints, clients) => {
    await requireKnown(clients, client);
    const by = { actor: around.account, origin: url.origin };
    const entry = webhookChanged('client.webhook-set', client, by);
    const secret = await endpoints.set(client, url.href, entry);
    const what = `The secret that signs what ${shownName(client)} is sent; it is shown this once:`;
    const json = { client: shownName(client), mode: modeOf(client), url: url.href, secret };
    return { lines: [what, secret], json };
  });
}

function listWebhooks(around: Surroundings): Promise<Report> {
  return withEndpoints(around, async (endpoints) => {
    const webhooks = await endpoints.list();
    return { lines: webhooks.map(lineOf), json: { webhooks: webhooks.map(asJson) } };
  });
}

function removeWebhook(client: string, around: Surroundings): Promise<Report> {
  return withEndpoints(around, async (endpoints) => {
    const entry = webhookChanged('client.webhook-removed', client, { actor: around.account });
    if (!(await endpoints.remove(client, entry)))
      throw new Error('CLIENT has no webhook: see webhooks list');
    const shown = { client: shownName(client), mode: modeOf(client) };
    return { lines: [`removed the webhook of ${shown.client}`], json: { removed: shown } };
  });
}

function asJson({ client, url, createdAt }: WebhookEndpoint): object {
  return { client: shownName(client), mode: modeOf(client), url, createdAt };
}

function clientOf(name: string, { test }: Given): string {
  return nameIn(test ? 'test' : 'live', name);
}

function lineOf({ client, url, createdAt }: WebhookEndpoint): string {
  const mode = modeOf(client) === 'test' ? ['test'] : [];
  return [shownName(client), ...mode, url, `made ${createdAt.toISOString()}`].join('  ');
}

async function readUrl(address: string): Promise<URL> {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new UsageError('URL is an https:// address, without a password in it');
  const refusal = readConfig().production ? await refusalOfWebhook(url) : null;
  if (refusal) throw new UsageError(`URL is ${refusal}`);
  return url;
}

async function requireKnown(clients: Clients, name: string): Promise<void> {
  const known = (await clients.list()).some((one) => one.name === name && !one.revokedAt);
  if (!known) throw new Error('CLIENT has no API key: see clients list');
}

function withEndpoints(
  around: Surroundings,
  action: (endpoints: WebhookEndpoints, clients: Clients) => Promise<Report>,
): Promise<Report> {
  const sealed = readSealing();
  return withStores(
    around,
    ({ prisma, clients }) => action(prismaWebhookEndpoints(prisma, sealed), clients),
    sealed,
  );
}
