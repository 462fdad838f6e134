import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { use } from '../support/use.ts';
import { contactSheet } from './contact-sheet.ts';
import { axe, cutOff, drawn, overflow, violations } from './opened.ts';
import { returnUrl, startPageService } from './page-service.ts';
import type { Screen, Shown } from './screen.ts';

const [bright, dark] = [
  { size: 'desktop', colours: 'light' },
  { size: 'mobile', colours: 'dark' },
] as const;

/** The contact sheet has each language in both sizes and in both schemes of colours. */
const pictured = [
  {
    language: 'en-GB',
    looks: [
      { size: 'mobile', colours: 'light' },
      { size: 'desktop', colours: 'dark' },
    ],
  },
  { language: 'nl-NL', looks: [bright, dark] },
] as const;

/** Of the five, German has the longest words. */
const looksAt = (place: number) =>
  process.env['SCREENS'] ? pictured : [{ language: 'de-DE', looks: [place % 2 ? bright : dark] }];

/** Text spaced as WCAG 2.2, 1.4.12, wants it to be possible. The policy lets a script do so, and no style. */
const spaced = `const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }');
  document.adoptedStyleSheets = [sheet];`;

/** What 400 % makes of a window of 1280 × 1024. */
const zoomed = { width: 320, height: 256 };

/**
 * Tests that each is complete, accessible, the same after a reload, and whole at 400 %. The pictures go on a sheet
 * of that name.
 */
export function lookAt(name: string, screens: readonly Screen[]): void {
  const pages = use(startPageService);
  const browser = use(openBrowser);
  const sheet = use(() => contactSheet(name));
  const each = screens.flatMap(({ name, show }, place) =>
    looksAt(place).map((look) => ({ name, show, ...look })),
  );
  test.each(each)('$name, in $language', async ({ name, language, looks, show }) => {
    const texts = new Set<string>();
    let shown: Shown | null = null;
    for (const look of looks) {
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
      await page.setViewportSize(zoomed);
      for (const spacing of ['', spaced]) {
        await page.evaluate(spacing);
        expect(await overflow(page)).toBe(0);
        expect(await cutOff(page)).toEqual([]);
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
