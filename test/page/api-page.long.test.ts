/** `/docs` in a real Chromium, on the embedded default: under our policy, offline, and its calls are real. */
import { expect, jest, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { emptyFolder, run, slowWorkMs } from '../e2e/program.ts';
import { type Look, openBrowser } from '../support/browser.ts';
import { freePort } from '../support/server-process.ts';
import { use } from '../support/use.ts';
import { contactSheet } from './contact-sheet.ts';
import { overflow, violations } from './opened.ts';

jest.setTimeout(2 * slowWorkMs);

const started = use(async () => {
  const { folder, remove } = emptyFolder();
  const service = run('src/main.ts', [], { cwd: folder, env: { PORT: String(await freePort()) } });
  const [, url = ''] = await service.until(/API +(http:\S+\/docs)$/m);
  const [, key = ''] = await service.until(/API key +(dck_\S+)/);
  return {
    url,
    key,
    async close() {
      await service.stop();
      remove();
    },
  };
});
const browser = use(openBrowser);
/** `SCREENS=docs npm run test:long -- test/page/api-page` draws docs/api-page.jpg. */
const sheet = use(() => contactSheet('api-page'));

async function open(look: Look) {
  const page = await browser.open(look);
  const forbidden = violations(page);
  await page.goto(started.url);
  await page.getByRole('heading', { name: 'Doublecheck' }).first().waitFor();
  return { page, forbidden };
}

async function authorize(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).click();
  const dialog = page.locator('.auth-container').filter({ hasText: 'apiKey' });
  await dialog.locator('input').fill(started.key);
  await dialog.getByRole('button', { name: /^Apply/ }).click();
  await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).first().click();
}

const backgrounds = { light: 'rgb(250, 250, 250)', dark: 'rgb(28, 32, 34)' };

/** Opens an operation, and sends what it shows as it is. @returns the part with the answer. */
async function tryOut(page: Page, operationId: string): Promise<Locator> {
  const operation = page.locator(`[id$="-${operationId}"]`);
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table').first();
  await answer.locator('.response-col_status').last().waitFor();
  return answer;
}

test.each<Look>([
  { size: 'mobile', colours: 'light', language: 'en-GB' },
  { size: 'mobile', colours: 'dark', language: 'en-GB' },
  { size: 'desktop', colours: 'dark', language: 'en-GB' },
])(
  'as dark as the screen, and a call that is tried as shown succeeds: $size, $colours',
  async (look) => {
    const { page, forbidden } = await open(look);
    expect(await overflow(page)).toBe(0);
    const background = 'getComputedStyle(document.body).backgroundColor';
    expect(await page.evaluate(background)).toBe(backgrounds[look.colours]);
    await sheet.add(page, { name: 'the calls', ...look });
    await authorize(page);
    const answer = await tryOut(page, 'startChallenge');
    expect(await answer.locator('.response-col_status').last().textContent()).toContain('201');
    expect(await answer.textContent()).toContain('"challengeToken"');
    expect(await overflow(page)).toBe(0);
    await page.locator('.opblock-section-header').first().scrollIntoViewIfNeeded();
    await sheet.add(page, { name: 'a call', ...look });
    await answer.locator('.response-col_status').last().scrollIntoViewIfNeeded();
    await sheet.add(page, { name: 'its answer', ...look });
    expect(forbidden).toEqual([]);
  },
);
