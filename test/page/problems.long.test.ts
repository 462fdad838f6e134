/** What the page says when something that the user did was refused, or got no answer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { sharedMessages } from '../../src/messages/index.ts';
import { openBrowser } from '../support/browser.ts';
import { enrolled } from '../support/service.ts';
import { use } from '../support/use.ts';
import { openAtPanel, returnUrl, startPageService } from './page-service.ts';

const pages = use(startPageService);
const browser = use(openBrowser);

type Language = 'en' | 'nl';

const messagesOf = (language: Language): Record<string, string> => {
  const file = join(import.meta.dirname, `../../page/messages/${language}.json`);
  return { ...sharedMessages[language], ...JSON.parse(readFileSync(file, 'utf8')) };
};
const prefix = 'problem.';
/** These have no answer, or one of a name that the page does not know. */
const noNames = new Set(['lost', 'unknown']);
const names = Object.keys(messagesOf('en'))
  .filter((key) => key.startsWith(prefix))
  .map((key) => key.slice(prefix.length))
  .filter((name) => !noNames.has(name));

/** A login that asks for its first code when the user presses the button. */
async function openAt(language: string): Promise<Page> {
  const user = await enrolled(pages.service);
  const { challenge } = await user.signIn({ returnUrl, language, send: false });
  return openAtPanel(browser, pages.local(String(challenge.pageUrl)));
}

const alertOf = (page: Page) => page.getByRole('alert').filter({ hasText: /./ });

test.each<Language>(['en', 'nl'])('each problem has its own words: %s', async (language) => {
  const messages = messagesOf(language);
  const page = await openAt(language);
  let name = '';
  await page.route('**/v1/challenge/code', (route) =>
    route.fulfill({
      status: 422,
      headers: { 'retry-after': '120' },
      json: { type: `/problems/${name}`, status: 422 },
    }),
  );
  for (name of [...names, 'unheard-of']) {
    await page.locator('button.primary').click();
    const text = messages[`${prefix}${name}`] ?? messages['problem.unknown'] ?? '';
    const time = language === 'nl' ? '2 minuten' : '2 minutes';
    await page
      .getByRole('alert')
      .filter({ hasText: text.replace('{time}', time) })
      .waitFor();
  }
});

test.each<Language>(['en', 'nl'])(
  'no answer is said, after the page has asked again: %s',
  async (language) => {
    const page = await openAt(language);
    const keys = new Set<string | undefined>();
    await page.route('**/v1/challenge/code', (route) => {
      keys.add(route.request().headers()['idempotency-key']);
      return route.abort();
    });
    await page.clock.install();
    await page.locator('button.primary').click();
    const alert = alertOf(page);
    while ((await alert.count()) === 0) await page.clock.runFor(10_000);
    expect(await alert.textContent()).toBe(messagesOf(language)['problem.lost']);
    expect(keys.size).toBe(1);
  },
);

test.each<Language>(['en', 'nl'])(
  'a lost connection is said, and the page goes on: %s',
  async (language) => {
    const user = await enrolled(pages.service);
    const { challenge } = await user.signIn({ returnUrl, language });
    const page = await browser.open({});
    await page.route('https://panel.example/**', (route) => route.fulfill({ body: 'the panel' }));
    await page.route(/wait=25$/, (route) => route.abort());
    await page.goto(pages.local(String(challenge.pageUrl)));
    const { offline = '' } = messagesOf(language);
    await page.getByRole('status').filter({ hasText: offline }).waitFor();
    await page.getByRole('textbox').fill(String(user.heard()));
    await page.locator('button.primary').click();
    await page.waitForURL('https://panel.example/**');
  },
);
