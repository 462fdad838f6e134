import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What tests see of a page that is open in a browser. */

/** Waits until a screen is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.locator('.card :is(p, form, ul, .notice)').first().waitFor();
  await page.locator('.loading').waitFor({ state: 'detached' });
}

/** What the page tries from now on against its policy, or fails at, or asks of anybody else. */
export function violations(page: Page): string[] {
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

/** What axe finds against WCAG 2.2 AA and its own best practice. */
export async function axe(page: Page): Promise<unknown[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  // Otherwise it opens a page of its own each time, for frames that we do not have.
  const builder = new AxeBuilder({ page }).withTags(tags).setLegacyMode();
  const { violations: found } = await builder.analyze();
  return found.map(({ id, nodes }) => [
    id,
    nodes.map(({ html, failureSummary }) => [html, failureSummary]),
  ]);
}

/** By how much the page is wider than its window, in CSS pixels. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}

/**
 * Each piece of the screen whose words do not all show: beyond the window, or in a box that cuts them off. A field
 * scrolls, and the places of a code cut theirs off on purpose.
 */
export async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('#page *')]
    .filter((one) => !one.closest('.code-places, .unseen, svg, input, select'))
    .filter((one) => {
      const { left, right } = one.getBoundingClientRect();
      const { overflowX, overflowY } = getComputedStyle(one);
      return (
        left < -0.5 ||
        right > innerWidth + 0.5 ||
        (overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1) ||
        (overflowY !== 'visible' && one.scrollHeight > one.clientHeight + 1)
      );
    })
    .map((one) => one.outerHTML.slice(0, 120))`);
}
