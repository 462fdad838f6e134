/** The page for those who want nothing to move, or hear it read out. */
import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { enrolled, type Service, tellOfCall, wrong } from '../support/service.ts';
import { use } from '../support/use.ts';
import { codeScreens } from './code-screens.ts';
import { drawn } from './opened.ts';
import { returnUrl, startPageService } from './page-service.ts';

const pages = use(startPageService);
const browser = use(openBrowser);

describe('motion', () => {
  test.each([
    ['reduce', 0],
    ['no-preference', 2],
  ] as const)('with %s, %i things move while the phone rings', async (reducedMotion, moving) => {
    const page = await browser.open({}, { reducedMotion });
    await page.goto(await ringing(pages.service));
    await page.locator('[data-mood="ringing"]').waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(moving);
  });
});

async function ringing(service: Service): Promise<string> {
  const user = await enrolled(service);
  const { challenge } = await user.signIn({ returnUrl, language: 'en-GB' });
  return pages.local(String(challenge.pageUrl));
}

/** Writes down what a screen reader is given to say: each change of a live region. */
const listen = `window.said = [];
  const regions = '[role="status"], [role="alert"], [aria-live]';
  const regionOf = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(regions);
  const say = (region) => { const text = region?.textContent.trim(); if (text) said.push(text); };
  new MutationObserver((changes) => {
    const changed = new Set(changes.map(({ target }) => regionOf(target)));
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node.nodeType === 1)
          for (const region of [node.closest(regions), ...node.querySelectorAll(regions)]) changed.add(region);
    changed.forEach(say);
  }).observe(document, { subtree: true, childList: true, characterData: true });`;

const said = (page: Page): Promise<string[]> => page.evaluate('said.splice(0)');

/** A page whose seconds pass when the test says so. */
async function listened(pageUrl: string): Promise<Page> {
  const page = await browser.open({});
  await page.clock.install();
  await page.addInitScript(listen);
  await page.goto(pageUrl);
  await drawn(page);
  return page;
}

describe('what is read out', () => {
  test('counts no seconds: it says once when a new code may be asked for', async () => {
    const page = await listened(await ringing(pages.service));
    await said(page);
    await page.clock.runFor(10_000);
    await page.getByText(/Resend code in \d+/).waitFor();
    expect(await said(page)).toEqual([]);
    await page.clock.runFor(25_000);
    expect(await said(page)).toEqual(['You can ask for a new code now.']);
    await page.clock.runFor(15_000);
    expect(await said(page)).toEqual([]);
  });

  test('says a wrong code once, and how many attempts are left', async () => {
    const user = await enrolled(pages.service);
    const { challenge } = await user.signIn({ returnUrl, language: 'en-GB' });
    const page = await listened(pages.local(String(challenge.pageUrl)));
    await said(page);
    await page.getByLabel('Verification code').fill(wrong(user.heard()));
    await page.keyboard.press('Enter');
    await page.getByText('4 attempts left').waitFor();
    expect(await said(page)).toEqual(['That code is not right. Try again: 4 attempts left.']);
  });

  test('says each step of the call once', async () => {
    const user = await enrolled(pages.service);
    const { challenge } = await user.signIn({ returnUrl, language: 'en-GB' });
    const page = await listened(pages.local(String(challenge.pageUrl)));
    await said(page);
    await tellOfCall(pages.service, user.phone, 'busy');
    await page.getByText('Your line is busy').waitFor();
    const heard = await said(page);
    expect(heard.filter((text) => text.includes('Your line is busy'))).toHaveLength(1);
  });

  test('counts no seconds where codes have to wait', async () => {
    const show = codeScreens.find(({ name }) => name === 'too many codes')?.show;
    const login = { language: 'en-GB', returnUrl };
    const { pageUrl } = (await show?.(pages.service, login)) ?? { pageUrl: '' };
    const page = await listened(pages.local(pageUrl));
    await page.getByText('Too many codes were asked for').waitFor();
    // The last minute of the quarter of an hour is counted in seconds.
    await page.clock.fastForward(14 * 60_000);
    await page.getByText(/new code in \d+ seconds/).waitFor();
    await said(page);
    await page.clock.runFor(20_000);
    expect(await said(page)).toEqual([]);
    await page.clock.runFor(45_000);
    expect(await said(page)).toEqual(['You can ask for a new code now.']);
  });
});
