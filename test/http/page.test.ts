/** The files of the 2FA page: what a browser may do with them, how large they are, and in which language. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { anEntry } from '../support/people.ts';
import { problem, useService } from '../support/service.ts';

const service = useService();
const path = '/2fa/company-panel?lang=nl';

const get = async (url: string) => {
  const { statusCode, headers, rawPayload } = await service.app.inject({
    url,
    headers: { 'accept-encoding': 'gzip, br' },
  });
  return { status: statusCode, headers, bytes: rawPayload };
};
const linksOf = (html: string) =>
  [...html.matchAll(/(?:src|href)="(assets\/[^"]+)" integrity="([^"]+)"/g)].map(
    ([, file = '', integrity = '']) => ({ file, integrity }),
  );

describe('the page', () => {
  test('has its heading before any script runs, in the language of its address', async () => {
    const { body } = await service.call('GET', path);
    expect(body).toContain('<html lang="nl">');
    expect(body).toContain('<h1>Wacht even... we moeten nog controleren of jij het bent</h1>');
    const { body: unknown } = await service.call('GET', '/2fa/company-panel?lang=../x');
    expect(unknown).toContain('<html lang="en">');
  });

  test('has no inline script or style, and its files have integrity', async () => {
    const { body } = await service.call('GET', path);
    expect(body).not.toMatch(/<script>|<style|style=|\son\w+=/);
    const links = linksOf(body);
    expect(links).toHaveLength(2);
    for (const { file, integrity } of links) {
      const { body: text } = await service.call('GET', `/2fa/${file}`);
      const hash = createHash('sha384').update(text).digest('base64');
      expect(integrity).toBe(`sha384-${hash}`);
    }
  });

  test('is less than 60 KB gzipped, all files together', async () => {
    const { body } = await service.call('GET', path);
    const answers = [await get(path)];
    for (const { file } of linksOf(body)) answers.push(await get(`/2fa/${file}`));
    for (const { headers } of answers) expect(headers['content-encoding']).toBe('gzip');
    const total = answers.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(total).toBeLessThan(60_000);
    expect(gzipSync(body).length).toBeLessThan(2_000);
  });

  test('has a strict policy, and nobody may frame it', async () => {
    const { headers } = await service.call('GET', path);
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'",
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
  });

  test('has no other files', async () => {
    for (const file of ['nl.html', '..%2f..%2fopenapi.json', 'main.js'])
      expect(await service.call('GET', `/2fa/assets/${file}`)).toMatchObject(
        problem(404, 'not-found'),
      );
  });

  test('has no panel to try it with, except where that was asked for', async () => {
    for (const path of ['/try', '/try/panel', '/try/session', '/try/assets/window.js'])
      expect(await service.call('GET', path)).toMatchObject(problem(404, 'not-found'));
  });

  test('without a client leads to one that says where to begin', async () => {
    expect(await service.call('GET', '/2fa')).toMatchObject({
      status: 308,
      headers: { location: '2fa/' },
    });
    expect((await service.call('GET', '/2fa/')).status).toBe(200);
  });
});

describe('framing', () => {
  const framer = { client: 'qaller', use: 'frame' as const, url: 'https://panel.example' };

  test('is allowed for the origins of that client alone', async () => {
    const { clients } = service.directory;
    await clients.allowSite(framer, anEntry);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 5_001);
    const { headers } = await service.call('GET', '/2fa/qaller');
    expect(headers['content-security-policy']).toContain('frame-ancestors https://panel.example;');
    expect(headers['x-frame-options']).toBeUndefined();
    const { headers: other } = await service.call('GET', '/2fa/company-panel');
    expect(other['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  test('is refused to everybody while the database does not answer', async () => {
    const away = new Error('the database is away');
    for (const { clients } of service.deps)
      jest.spyOn(clients, 'listSites').mockRejectedValue(away);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    const { status, headers } = await service.call('GET', '/2fa/qaller');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

describe('the messages', () => {
  const folder = join(import.meta.dirname, '../../page/messages');
  const read = (name: string): Record<string, string> =>
    JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const english = read('en.json');
  const params = (text = '') => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

  test('are there in five languages', () => {
    expect(readdirSync(folder).sort()).toEqual(
      ['de', 'en', 'es', 'fr', 'nl'].map((l) => `${l}.json`),
    );
  });

  test.each(['de', 'es', 'fr', 'nl'])('none is missing or empty: %s', (language) => {
    const messages = read(`${language}.json`);
    expect(Object.keys(messages)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(messages)) {
      expect(text).not.toBe('');
      expect([key, params(text)]).toEqual([key, params(english[key])]);
    }
  });
});
