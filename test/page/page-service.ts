import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import type { openBrowser } from '../support/browser.ts';
import { anEntry } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { drawn } from './opened.ts';

export const returnUrl = 'https://panel.example/done';

/** The service on a port, with a client that its page may return to. */
export async function startPageService() {
  const env = { PUBLIC_URL: 'https://2fa.example', TWILIO_FROM: '+31508200000' };
  const service: Service = await startService({ env });
  await service.organization({ policy: 'mandatory' });
  const site = { client: 'company-panel', use: 'return' as const, url: returnUrl };
  await service.directory.clients.allowSite(site, anEntry);
  const framer = await startFramer();
  const framing = { client: 'qaller', use: 'frame' as const, url: framer.origin };
  await service.directory.clients.allowSite(framing, anEntry);
  const origin = await service.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    service,
    origin,
    /** The page as a browser of this machine reaches it. */
    local: (pageUrl: string) => pageUrl.replace('https://2fa.example', origin),
    /** A site that may frame the page for Qaller. */
    framer: framer.origin,
    async close() {
      framer.close();
      // Of browsers that are still open, and wait.
      service.app.server.closeAllConnections();
      await service.close();
    },
  };
}

/** A site of somebody else's, which frames the address in its query. */
async function startFramer() {
  const server = createServer(({ url = '' }, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<iframe src="${decodeURIComponent(url.slice(2))}"></iframe>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

type Browser = Awaited<ReturnType<typeof openBrowser>>;

/** A browser with the panel in it, which is not there: it shows where it would go. */
export async function openAtPanel(browser: Browser, url: string, options: object = {}) {
  const page = await browser.open({}, options);
  await page.route('https://panel.example/**', (route) => route.fulfill({ body: 'the panel' }));
  await page.goto(url);
  await drawn(page);
  return page;
}

/** Types where the page has put the cursor. */
export async function type(page: Page, text: string): Promise<void> {
  await page.locator('input:focus').waitFor();
  await page.keyboard.type(text);
}

/** What the panel gets once the browser is back. */
export async function backAtPanel(page: Page): Promise<Record<string, string>> {
  await page.waitForURL('https://panel.example/**');
  return Object.fromEntries(new URL(page.url()).searchParams);
}

export const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name }).press('Enter');

/** Waits for the screen with this heading. */
export const titled = (page: Page, name: string) =>
  page.getByRole('heading', { name, level: 1 }).waitFor();

/** Waits until screen readers hear it. */
export const said = (page: Page, text: string | RegExp) =>
  page.getByRole('status').filter({ hasText: text }).waitFor();
