import type { ClientSite } from '../../domain/people.ts';
import type { Clients } from '../../domain/ports.ts';

/** What each client may do with our page, the same in both modes. */
export type ClientSites = {
  mayReturn(client: string, url: string): Promise<boolean>;
  framersOf(client: string): Promise<string[]>;
};

// A change must take effect within 10 seconds on every replica.
const memoryMs = 5_000;

/** Reads all sites together and keeps them for some seconds: made-up names of clients cost no query. */
export function rememberSites(clients: Pick<Clients, 'listSites'>): ClientSites {
  let kept: { sites: Promise<ClientSite[]>; until: number } | null = null;
  const read = () => {
    if (kept && performance.now() < kept.until) return kept.sites;
    const reading = { sites: clients.listSites(), until: performance.now() + memoryMs };
    reading.sites.catch(() => {
      if (kept === reading) kept = null;
    });
    kept = reading;
    return reading.sites;
  };
  const urlsOf = async (client: string, use: ClientSite['use']) => {
    const ofClient = (await read()).filter((site) => site.client === client && site.use === use);
    return ofClient.map(({ url }) => url);
  };
  return {
    mayReturn: async (client, url) => (await urlsOf(client, 'return')).includes(url),
    framersOf: (client) => urlsOf(client, 'frame'),
  };
}
