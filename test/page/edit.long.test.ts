/** "Bewerk 2FA" at the page, from the panel and back: with keys alone, and with what happens meanwhile. */
import { describe, expect, test } from '@jest/globals';
import { openBrowser } from '../support/browser.ts';
import { editing, type Screen, startEdit } from '../support/edits.ts';
import { onKnownDevice } from '../support/known-browser.ts';
import { enrolled, somebody } from '../support/service.ts';
import { withBackup } from '../support/settings-page.ts';
import { use } from '../support/use.ts';
import {
  backAtPanel,
  openAtPanel,
  press,
  returnUrl,
  said,
  startPageService,
  titled,
  type,
} from './page-service.ts';

const pages = use(startPageService);
const browser = use(openBrowser);
const edit = { returnUrl, language: 'en-GB' };

const openAt = (screen: Screen, options?: object) =>
  openAtPanel(browser, pages.local(String(screen.challenge.pageUrl)), options);

const hintsOf = async (screen: Screen): Promise<string[]> =>
  (await screen.look()).body.factors.map(({ hint }: { hint: string }) => hint);
const hintOf = (phone: string) => `${phone.slice(1, 4)}*****${phone.slice(-2)}`;
const proof = expect.stringMatching(/^[\w-]{43}$/);

describe('with the keyboard alone', () => {
  test('the second factor comes first, and Done brings the browser back with the proof', async () => {
    const user = await enrolled(pages.service);
    const screen = await startEdit(user, edit);
    const page = await openAt(screen);
    await type(page, String(user.heard()));
    await page.keyboard.press('Enter');
    await titled(page, 'Edit 2FA');
    await press(page, 'Done');
    expect(await backAtPanel(page)).toEqual({ challenge: screen.challenge.id, proof });
  });

  test('a phone is added, confirmed and made the primary', async () => {
    const user = await enrolled(pages.service);
    const { phone } = somebody(pages.service);
    const screen = await editing(user, edit);
    const page = await openAt(screen);
    await press(page, 'Add a method');
    await press(page, /By phone/);
    await page.getByLabel('Phone number').waitFor();
    await type(page, phone);
    await page.keyboard.press('Enter');
    await titled(page, 'Confirm the new method');
    await type(page, String(pages.service.twilio.codeFor(phone)));
    await page.keyboard.press('Enter');
    await press(page, new RegExp(`By phone .*${phone.slice(-2)} Backup`));
    await press(page, 'Make primary');
    await said(page, 'Your codes now go to');
    expect(await hintsOf(screen)).toEqual([hintOf(phone), hintOf(user.phone)]);
  });

  test('a new method is not added after all', async () => {
    const user = await enrolled(pages.service);
    const screen = await editing(user, edit);
    await screen.addPhone(somebody(pages.service).phone);
    const page = await openAt(screen);
    await press(page, 'Do not add it');
    await titled(page, 'Edit 2FA');
    expect(await hintsOf(screen)).toEqual([hintOf(user.phone)]);
  });

  test('a method is removed once that is confirmed', async () => {
    const { user, backup } = await withBackup(pages.service);
    const screen = await editing(user, edit);
    const page = await openAt(screen);
    await press(page, /Backup/);
    await press(page, 'Remove');
    await titled(page, 'Remove this method?');
    await press(page, 'Keep it');
    expect(await hintsOf(screen)).toHaveLength(2);
    await press(page, 'Remove');
    await titled(page, 'Remove this method?');
    await press(page, 'Remove');
    await said(page, `${hintOf(backup)} is removed.`);
    expect(await hintsOf(screen)).toEqual([hintOf(user.phone)]);
  });

  test('who removes the method that they proved proves another before the next change', async () => {
    const { user, backup } = await withBackup(pages.service);
    const screen = await editing(user, edit);
    const page = await openAt(screen);
    await press(page, /Primary/);
    await press(page, 'Remove');
    await titled(page, 'Remove this method?');
    await press(page, 'Remove');
    await press(page, 'Send me a code');
    await type(page, String(await heardBy(backup)));
    await page.keyboard.press('Enter');
    await titled(page, 'Edit 2FA');
  });

  test('logging out ends it, and brings the browser back without a proof', async () => {
    const screen = await editing(await enrolled(pages.service), edit);
    const page = await openAt(screen);
    await press(page, 'Log out');
    expect(await backAtPanel(page)).toEqual({ challenge: screen.challenge.id });
  });
});

/** Waits for the call: its code is told after the page has asked for it. */
async function heardBy(phone: string): Promise<string | null> {
  const { twilio } = pages.service;
  const calls = () => twilio.requests.filter(({ body }) => body['To'] === phone).length;
  await twilio.until(() => calls() >= 2);
  return twilio.codeFor(phone);
}

test('a method that is gone meanwhile is said to be gone', async () => {
  const { user } = await withBackup(pages.service);
  const screen = await editing(user, edit);
  const [, backup] = screen.challenge.factors;
  const page = await openAt(screen);
  await page.route('**/v1/challenge/factors/*', async (route) => {
    await screen.remove(backup?.id ?? '');
    await route.continue();
  });
  await press(page, /Backup/);
  await press(page, 'Make primary');
  await page.getByRole('alert').filter({ hasText: 'That is no longer there.' }).waitFor();
  await titled(page, 'Edit 2FA');
});

test.each(['de-DE', 'fr-FR', 'es-ES'])('320 pixels are wide enough, in %s', async (language) => {
  const { user } = await onKnownDevice(pages.service);
  const narrow = { viewport: { width: 320, height: 640 } };
  const page = await openAt(await editing(user, { ...edit, language }), narrow);
  const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  const rows = page.locator('button.choice');
  const back = page.locator('.ways .link').last();
  for (const row of [0, 1, 3]) {
    expect(await page.evaluate(wider)).toBe(0);
    await rows.nth(row).click();
    await back.waitFor();
    expect(await page.evaluate(wider)).toBe(0);
    await back.click();
  }
  await rows.nth(2).click();
  await page.locator('button.primary').click();
  await page.locator('.codes').waitFor();
  expect(await page.evaluate(wider)).toBe(0);
});
