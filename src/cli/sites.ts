import type { Command } from 'commander';
import { toClient } from '../domain/audit/audit.ts';
import type { ClientSite } from '../domain/people.ts';
import { type Cli, type Report, type Surroundings, UsageError, withExamples } from './command.ts';
import { withStores } from './stores.ts';

/** What the 2FA page may do for a client. A URL may have a path and a query. An origin has neither. */
export function addSites(clients: Command, { around, reports }: Cli): void {
  withExamples(
    clients
      .command('allow-return')
      .description('let the 2FA page send browsers back to exactly this URL')
      .argument('<NAME>', 'of the client')
      .argument('<URL>', 'https, or http on this machine, without fragment')
      .action(reports((client: string, url: string) => allowReturn(client, url, around))),
    'clients allow-return company-panel https://panel.example/2fa/done',
  );
  withExamples(
    clients
      .command('allow-frame')
      .description('let pages of this origin frame the 2FA page; without this, nobody may')
      .argument('<NAME>', 'of the client')
      .argument('<ORIGIN>', 'such as https://panel.example')
      .action(reports((client: string, url: string) => allowFrame(client, url, around))),
    'clients allow-frame company-panel https://panel.example',
  );
  withExamples(
    clients
      .command('forbid')
      .description('withdraw what allow-return or allow-frame allowed, within 10 seconds')
      .argument('<NAME>', 'of the client')
      .argument('<URL>', 'or origin, as in clients list')
      .action(reports((client: string, url: string) => forbid(client, url, around))),
    'clients forbid company-panel https://panel.example',
  );
}

async function allowReturn(client: string, url: string, around: Surroundings): Promise<Report> {
  if (!isReturnUrl(url))
    throw new UsageError('URL is https, or http on this machine, and has no fragment');
  return allow({ client, use: 'return', url }, around);
}

async function allowFrame(client: string, url: string, around: Surroundings): Promise<Report> {
  if (!isReturnUrl(url) || URL.parse(url)?.origin !== url)
    throw new UsageError('ORIGIN is an origin, such as https://panel.example, without a path');
  return allow({ client, use: 'frame', url }, around);
}

function allow(site: ClientSite, around: Surroundings): Promise<Report> {
  const entry = toClient('client.site-allowed', site, around.account);
  return withStores(around, async ({ clients }) => {
    if (!(await clients.allowSite(site, entry)))
      throw new Error('NAME is of no client: see clients list');
    const line = `${site.url} is allowed for ${site.client}, within 10 seconds`;
    return { lines: [line], json: { allowed: site } };
  });
}

function forbid(client: string, url: string, around: Surroundings): Promise<Report> {
  return withStores(around, async ({ clients }) => {
    const sites = (['return', 'frame'] as const).map((use) => ({ client, use, url }));
    const found = await Promise.all(
      sites.map((site) =>
        clients.forbidSite(site, toClient('client.site-forbidden', site, around.account)),
      ),
    );
    if (!found.includes(true)) throw new Error('URL is not allowed: see clients list');
    const line = `${url} is forbidden for ${client}: it ends within 10 seconds`;
    return { lines: [line], json: { forbidden: sites.filter((_, i) => found[i]) } };
  });
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

function isReturnUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.length > 2048 || /[#\s]/.test(text) || url.username || url.password)
    return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
}
