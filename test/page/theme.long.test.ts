/** The page in the looks of an organization, in a real Chromium: in its colours, readable, and within its policy. */
import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { enrolled, wrong } from '../support/service.ts';
import { aTheme } from '../support/themes.ts';
import { use } from '../support/use.ts';
import { axe, drawn, overflow, violations } from './opened.ts';
import { returnUrl, startPageService } from './page-service.ts';

const pages = use(startPageService);
const browser = use(openBrowser);

let organizations = 0;

/** The code entry of somebody in an organization with this theme. */
async function pageUrlOf(theme: object): Promise<string> {
  organizations += 1;
  const organizationId = `themed-${organizations}`;
  await pages.service.organization({ policy: 'mandatory', theme }, organizationId);
  const user = await enrolled(pages.service, { organizationId });
  const screen = await user.signIn({ returnUrl, language: 'en-GB' });
  await screen.enter(wrong(user.heard()));
  return pages.local(String(screen.challenge.pageUrl));
}

async function openAt(pageUrl: string, look: Parameters<typeof browser.open>[0] = {}) {
  const page = await browser.open(look);
  const forbidden = violations(page);
  await page.goto(pageUrl);
  await drawn(page);
  return { page, forbidden };
}

const styleOf = (page: Page, selector: string, property: string) =>
  page.evaluate(`getComputedStyle(document.querySelector('${selector}'))['${property}']`);

describe.each([
  ['light', 'rgb(11, 107, 80)', 'rgb(255, 255, 255)'],
  ['dark', 'rgb(127, 214, 184)', 'rgb(25, 28, 34)'],
] as const)('a theme in the %s', (colours, accent, ink) => {
  test('colours buttons and links, shows the logo, and keeps to the policy', async () => {
    const { page, forbidden } = await openAt(await pageUrlOf(aTheme), { colours });
    await page.getByLabel('Verification code').fill('0000');
    expect(await styleOf(page, '.primary', 'background-color')).toBe(accent);
    expect(await styleOf(page, '.primary', 'color')).toBe(ink);
    expect(await styleOf(page, '.ways .link:not([aria-disabled])', 'color')).toBe(accent);
    await page.getByRole('img', { name: 'Acme Panel' }).waitFor();
    expect(await page.evaluate(`document.querySelector('.logo').naturalWidth`)).toBe(1);
    expect(await axe(page)).toEqual([]);
    expect(forbidden).toEqual([]);
  });

  test('is readable with the least contrast that is taken', async () => {
    const least = { lightColour: '#6d6d6d', darkColour: '#8e8e8e' };
    const { page } = await openAt(await pageUrlOf(least), { colours });
    await page.getByLabel('Verification code').fill('0000');
    await page.locator('.ways .link').last().hover();
    expect(await axe(page)).toEqual([]);
  });
});

test('the name of a product stands where ours does, also a long one on a narrow screen', async () => {
  const productName = `Acme ${'x'.repeat(35)}`;
  const { page } = await openAt(await pageUrlOf({ productName }), { size: 'mobile' });
  await page.getByText(productName).waitFor();
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await overflow(page)).toBe(0);
  expect(await page.getByText('Doublecheck').count()).toBe(0);
});

test.each(['fails', 'is not answered'])('a theme that %s does not hold a login up', async (how) => {
  const pageUrl = await pageUrlOf(aTheme);
  const page = await browser.open({});
  await page.route('**/v1/challenge/theme', (route) =>
    how === 'fails' ? route.abort() : undefined,
  );
  await page.goto(pageUrl);
  await page.getByText('Doublecheck').waitFor();
  await page.getByLabel('Verification code').waitFor();
});
