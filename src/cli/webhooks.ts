import { prismaWebhookEndpoints } from '../adapters/postgres/webhook-endpoints.ts';
import type { WebhookEndpoints } from '../domain/ports.ts';
import { clientName } from './clients.ts';
import { readSealing, withStores } from './stores.ts';
import { print, UsageError } from './terminal.ts';

/** Sets where a client hears of alerts, and prints the secret that signs them, this once. */
export async function setWebhook([client = '', address = '']: string[]): Promise<void> {
  const url = URL.parse(address);
  if (!clientName.test(client)) throw new UsageError('CLIENT is the name of a client');
  if (!url || !/^https?:$/.test(url.protocol) || url.username)
    throw new UsageError('URL is an https:// address, without a password in it');
  await withEndpoints(async (endpoints) => {
    const secret = await endpoints.set(client, url.href);
    print(`The secret that signs what ${client} is sent; it is shown this once:\n${secret}`);
  });
}

export async function listWebhooks(): Promise<void> {
  await withEndpoints(async (endpoints) => {
    for (const { client, url, createdAt } of await endpoints.list())
      print([client, url, `made ${createdAt.toISOString()}`].join('  '));
  });
}

export async function removeWebhook([client = '']: string[]): Promise<void> {
  await withEndpoints(async (endpoints) => {
    if (!(await endpoints.remove(client)))
      throw new UsageError('CLIENT has no webhook: see webhooks list');
    print(`removed the webhook of ${client}`);
  });
}

async function withEndpoints(action: (endpoints: WebhookEndpoints) => Promise<void>) {
  const sealed = readSealing();
  await withStores(({ prisma }) => action(prismaWebhookEndpoints(prisma, sealed)), sealed);
}
