import { toClient } from '../domain/audit/audit.ts';
import type { ClientSite } from '../domain/people.ts';
import { readArguments } from './arguments.ts';
import { type Command, type Surroundings, UsageError } from './command.ts';
import { withStores } from './stores.ts';

/** A URL may have a path and a query. An origin has neither. */
export const allowReturn: Command = {
  usage: 'NAME URL',
  help: `Lets the 2FA page send browsers back to URL for the client NAME. A login names exactly this URL
as its returnUrl. It is https, or http on this machine, without fragment.`,
  async run(args, around) {
    const { NAME: client = '', URL: url = '' } = readArguments(args, { words: ['NAME', 'URL'] });
    if (!isReturnUrl(url))
      throw new UsageError('URL is https, or http on this machine, and has no fragment');
    await allow({ client, use: 'return', url }, around);
  },
};

export const allowFrame: Command = {
  usage: 'NAME ORIGIN',
  help: `Lets pages of ORIGIN frame the 2FA page for the client NAME. Without this, nobody may.`,
  async run(args, around) {
    const { NAME: client = '', ORIGIN: url = '' } = readArguments(args, {
      words: ['NAME', 'ORIGIN'],
    });
    if (!isReturnUrl(url) || URL.parse(url)?.origin !== url)
      throw new UsageError('ORIGIN is an origin, such as https://panel.example, without a path');
    await allow({ client, use: 'frame', url }, around);
  },
};

export const forbidSite: Command = {
  usage: 'NAME URL',
  help: 'Withdraws what allow-return or allow-frame allowed; it ends within 10 seconds.',
  async run(args, around) {
    const { NAME: client = '', URL: url = '' } = readArguments(args, { words: ['NAME', 'URL'] });
    await withStores(around, async ({ clients }) => {
      const sites = (['return', 'frame'] as const).map((use) => ({ client, use, url }));
      const forbidden = await Promise.all(
        sites.map((site) =>
          clients.forbidSite(site, toClient('client.site-forbidden', site, around.account)),
        ),
      );
      if (!forbidden.includes(true)) throw new UsageError('URL is not allowed: see clients list');
      around.print(`${url} is forbidden for ${client}: it ends within 10 seconds`);
    });
  },
};

async function allow(site: ClientSite, around: Surroundings): Promise<void> {
  const entry = toClient('client.site-allowed', site, around.account);
  await withStores(around, async ({ clients }) => {
    if (!(await clients.allowSite(site, entry)))
      throw new UsageError('NAME is of no client: see clients list');
    around.print(`${site.url} is allowed for ${site.client}, within 10 seconds`);
  });
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

function isReturnUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.length > 2048 || /[#\s]/.test(text) || url.username || url.password)
    return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
}
