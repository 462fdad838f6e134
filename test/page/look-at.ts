import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Look, openBrowser } from '../support/browser.ts';
import { use } from '../support/use.ts';
import { contactSheet } from './contact-sheet.ts';
import { returnUrl, startPageService } from './page-service.ts';
import type { Screen, Shown } from './screen.ts';

type Looks = Omit<Look, 'language'>[];

/** The contact sheet has each language in both sizes and in both schemes of colours. */
const looks: Readonly<Record<string, Looks>> = process.env['SCREENS']
  ? {
      'en-GB': [
        { size: 'mobile', colours: 'light' },
        { size: 'desktop', colours: 'dark' },
      ],
      'nl-NL': [
        { size: 'desktop', colours: 'light' },
        { size: 'mobile', colours: 'dark' },
      ],
    }
  : {
      'en-GB': [{ size: 'desktop', colours: 'light' }],
      'nl-NL': [{ size: 'mobile', colours: 'dark' }],
    };
/** Tests that each is complete, accessible, and the same after a reload. The pictures go on a sheet of that name. */
export function lookAt(name: string, screens: readonly Screen[]): void {
  const pages = use(startPageService);
  const browser = use(openBrowser);
  const sheet = use(() => contactSheet(name));
  const each = Object.keys(looks).flatMap((language) =>
    screens.map((screen) => ({ language, name: screen.name, show: screen.show })),
  );
  test.each(each)('$name, in $language', async ({ name, language, show }) => {
    const texts = new Set<string>();
    let shown: Shown | null = null;
    for (const look of looks[language] ?? []) {
      if (!shown || shown.once) shown = await show(pages.service, { language, returnUrl });
      const page = await browser.open({ language, ...look });
      const forbidden = violations(page);
      await page.goto(pages.local(shown.pageUrl));
      await drawn(page);
      const start = await heading(page);
      await shown.press?.(page);
      const before = await words(page);
      texts.add(before);
      await sheet.add(page, { name, language, ...look });
      expect(await axe(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await page.reload();
      await drawn(page);
      if (shown.once) expect(await heading(page)).toBe(start);
      else {
        await shown.press?.(page);
        expect(await words(page)).toBe(before);
      }
      expect(forbidden).toEqual([]);
      await page.context().close();
    }
    expect(texts.size).toBe(1);
  });
}

async function drawn(page: Page): Promise<void> {
  await page.locator('.card :is(p, form, ul, .notice)').first().waitFor();
  await page.locator('.loading').waitFor({ state: 'detached' });
}

/** All words of the screen, without what counts down and without codes. */
async function words(page: Page): Promise<string> {
  const text = await page.locator('#page').textContent();
  return (text ?? '').replace(/(?:[0-9A-Z]{4}-?){4}/g, '').replace(/\d+/g, '#');
}

const heading = (page: Page) => page.locator('h1').textContent();

/** What the page tried against its policy, or failed at. */
function violations(page: Page): string[] {
  const found: string[] = [];
  page.on('pageerror', (error) => found.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security|Refused|integrity|TrustedHTML/.test(message.text()))
      found.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1') && !request.url().startsWith('data:'))
      found.push(request.url());
  });
  return found;
}

async function axe(page: Page): Promise<unknown[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations: found } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return found.map(({ id, nodes }) => [
    id,
    nodes.map(({ html, failureSummary }) => [html, failureSummary]),
  ]);
}

/** By how much the page is wider than its window. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
