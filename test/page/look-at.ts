import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Look, openBrowser } from '../support/browser.ts';
import { use } from '../support/use.ts';
import { contactSheet } from './contact-sheet.ts';
import { axe, drawn, overflow, violations } from './opened.ts';
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

/** All words of the screen, without what counts down and without codes. */
async function words(page: Page): Promise<string> {
  const text = await page.locator('#page').textContent();
  return (text ?? '').replace(/(?:[0-9A-Z]{4}-?){4}/g, '').replace(/\d+/g, '#');
}

const heading = (page: Page) => page.locator('h1').textContent();
