/** What is allowed to clients at our page, on the embedded database and on a real one alike. */
import { describe, expect, test } from '@jest/globals';
import type { ClientSite } from '../../src/domain/people.ts';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { databases, useDatabase } from '../support/directories.ts';
import { anEntry } from '../support/people.ts';

const url = 'https://panel.example/done';

describe.each(databases)('a site of a client, on %s', (_name, open) => {
  const { directory } = useDatabase(open);
  const ofClient = async (client: string) =>
    (await directory.clients.listSites()).filter((site) => site.client === client);
  const aClient = async (name: string): Promise<ClientSite> => {
    await createApiKey(directory.clients, { name, scopes: [] }, () => anEntry);
    return { client: name, use: 'return', url };
  };

  test('is listed once, however often it is allowed, until it is forbidden', async () => {
    const site = await aClient('one');
    expect(await directory.clients.allowSite(site, anEntry)).toBe(true);
    expect(await directory.clients.allowSite(site, anEntry)).toBe(true);
    expect(await ofClient('one')).toEqual([site]);
    expect(await directory.clients.forbidSite(site, anEntry)).toBe(true);
    expect(await directory.clients.forbidSite(site, anEntry)).toBe(false);
    expect(await ofClient('one')).toEqual([]);
  });

  test('to return to may not frame', async () => {
    const site = await aClient('two');
    await directory.clients.allowSite(site, anEntry);
    const framer: ClientSite = { ...site, use: 'frame' };
    expect(await directory.clients.forbidSite(framer, anEntry)).toBe(false);
    expect(await ofClient('two')).toEqual([site]);
  });

  test('of no client is not allowed', async () => {
    const site: ClientSite = { client: 'nobody', use: 'return', url };
    expect(await directory.clients.allowSite(site, anEntry)).toBe(false);
    expect(await ofClient('nobody')).toEqual([]);
  });
});
