import { clientCreated, toClient } from '../domain/audit/audit.ts';
import type { Clients } from '../domain/ports.ts';
import { createApiKey } from '../domain/secrets/api-key.ts';
import { organizationId } from './panel.ts';

/**
 * A new API key for the panel of `/try`, which may return there and frame our page. It reaches the
 * organization of `/try` alone.
 */
export async function openTryClient(clients: Clients, origin: string): Promise<string> {
  const client = {
    name: 'try-panel',
    scopes: ['challenges', 'users', 'admin'],
    organizations: [organizationId],
  };
  const key = await createApiKey(clients, client, clientCreated(client, null));
  const sites = [
    { client: client.name, use: 'return', url: `${origin}/try/return` },
    { client: client.name, use: 'frame', url: origin },
  ] as const;
  for (const site of sites)
    await clients.allowSite(site, toClient('client.site-allowed', site, null));
  return key;
}
