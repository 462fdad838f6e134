import { prismaWebhookEndpoints } from '../adapters/postgres/audit/webhook-endpoints.ts';
import { refusalOfWebhook } from '../adapters/webhooks/addresses.ts';
import { readConfig } from '../config/config.ts';
import { modeOf, nameIn, shownName } from '../domain/mode.ts';
import type { Clients, WebhookEndpoint, WebhookEndpoints } from '../domain/ports.ts';
import { readArguments } from './arguments.ts';
import { type Command, type Surroundings, UsageError } from './command.ts';
import { readSealing, withStores } from './stores.ts';

export const setWebhook: Command = {
  usage: 'CLIENT URL [--test]',
  help: `Sends the alerts of CLIENT to URL, and prints the secret that signs them, this once.
In production URL begins with https:// and leads out of the network.
--test  the alerts of test mode`,
  async run(args, around) {
    const given = readArguments(args, { words: ['CLIENT', 'URL'], flags: ['test'] });
    const { URL: address = '' } = given;
    const client = clientOf(given);
    const url = await readUrl(address);
    await withEndpoints(around, async (endpoints, clients) => {
      await requireKnown(clients, client);
      const secret = await endpoints.set(client, url.href);
      around.print(
        `The secret that signs what ${shownName(client)} is sent; it is shown this once:\n${secret}`,
      );
    });
  },
};

export const listWebhooks: Command = {
  usage: '[--json]',
  help: `Lists the clients with a webhook, and its URL.
--json  as a JSON array`,
  async run(args, around) {
    const { json } = readArguments(args, { flags: ['json'] });
    await withEndpoints(around, async (endpoints) => {
      if (json) return around.print(JSON.stringify((await endpoints.list()).map(asJson)));
      for (const { client, url, createdAt } of await endpoints.list())
        around.print(lineOf(client, url, createdAt));
    });
  },
};

export const removeWebhook: Command = {
  usage: 'CLIENT [--test]',
  help: 'Removes the webhook of CLIENT, with all that was still to be sent to it.',
  async run(args, around) {
    const client = clientOf(readArguments(args, { words: ['CLIENT'], flags: ['test'] }));
    await withEndpoints(around, async (endpoints) => {
      if (!(await endpoints.remove(client)))
        throw new UsageError('CLIENT has no webhook: see webhooks list');
      around.print(`removed the webhook of ${shownName(client)}`);
    });
  },
};

function asJson({ client, url, createdAt }: WebhookEndpoint): object {
  return { client: shownName(client), mode: modeOf(client), url, createdAt };
}

function clientOf({ CLIENT: name = '', test }: Record<string, string | undefined>): string {
  return nameIn(test ? 'test' : 'live', name);
}

function lineOf(client: string, url: string, createdAt: Date): string {
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
  if (!known) throw new UsageError('CLIENT has no API key: see clients list');
}

async function withEndpoints(
  around: Surroundings,
  action: (endpoints: WebhookEndpoints, clients: Clients) => Promise<void>,
) {
  const sealed = readSealing();
  await withStores(
    around,
    ({ prisma, clients }) => action(prismaWebhookEndpoints(prisma, sealed), clients),
    sealed,
  );
}
