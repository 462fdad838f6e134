/** "Bewerk 2FA" at the page, from the panel and back: with keys alone, and with what happens meanwhile. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { editing, type Screen, startEdit } from '../support/edits.ts';
import { onKnownDevice } from '../support/known-browser.ts';
import { enrolled, somebody } from '../support/service.ts';
import { withBackup } from '../support/settings-page.ts';
import { use } from '../support/use.ts';
import { backAtPanel, openAtPanel, returnUrl, startPageService, type } from './page-service.ts';

const pages = use(startPageService);
const browser = use(openBrowser);
const edit = { returnUrl, language: 'en-GB' };

const openAt = (screen: Screen, options?: object) =>
  openAtPanel(browser, pages.local(String(screen.challenge.pageUrl)), options);

const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name }).press('Enter');
const titled = (page: Page, name: string) =>
  page.getByRole('heading', { name, level: 1 }).waitFor();
const said = (page: Page, text: string | RegExp) =>
  page.getByRole('status').filter({ hasText: text }).waitFor();
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

describe('recovery codes', () => {
  test('are shown once, copied, printed and downloaded, and left in no storage', async () => {
    const screen = await editing(await enrolled(pages.service), edit);
    const page = await openAt(screen, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.addInitScript('window.print = () => { window.printed = true; }');
    await page.reload();
    await press(page, /Recovery codes None yet/);
    await press(page, 'Make new codes');
    await titled(page, 'Save these codes now');
    const codes = await page.getByRole('listitem').allTextContents();
    expect(codes).toHaveLength(10);
    await press(page, 'Copy');
    await said(page, 'The codes are copied.');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(codes.join('\n'));
    await press(page, 'Print');
    expect(await page.evaluate('window.printed')).toBe(true);
    const downloads = page.waitForEvent('download');
    await press(page, 'Download');
    const file = await (await downloads).path();
    expect(readFileSync(file, 'utf8')).toBe(`${codes.join('\n')}\n`);
    expect(await page.evaluate('({ ...localStorage, ...sessionStorage })')).toEqual({});
    await press(page, 'I have saved them');
    await page.getByRole('button', { name: /Recovery codes 10 left/ }).waitFor();
    expect(await page.content()).not.toContain(codes[0]);
  });

  test('are selected where the browser does not let a page copy', async () => {
    const page = await openAt(await editing(await enrolled(pages.service), edit));
    await press(page, /Recovery codes/);
    await press(page, 'Make new codes');
    await titled(page, 'Save these codes now');
    const codes = await page.getByRole('listitem').allTextContents();
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))");
    await press(page, 'Copy');
    await said(page, 'The codes are selected');
    const selected = String(await page.evaluate('String(getSelection())'));
    expect(selected.split(/\s+/).filter(Boolean)).toEqual(codes);
  });

  test('are all that is printed, with what they are for', async () => {
    const page = await openAt(await editing(await enrolled(pages.service), edit));
    await press(page, /Recovery codes/);
    await press(page, 'Make new codes');
    await titled(page, 'Save these codes now');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('listitem').count()).toBe(10);
  });

  test('come again when their answer is lost on its way', async () => {
    const screen = await editing(await enrolled(pages.service), edit);
    const page = await openAt(screen);
    let answers = 0;
    await page.route('**/v1/challenge/recovery-codes', async (route) => {
      const answer = await route.fetch();
      answers += 1;
      await (answers < 2 ? route.abort() : route.fulfill({ response: answer }));
    });
    await press(page, /Recovery codes/);
    await press(page, 'Make new codes');
    await titled(page, 'Save these codes now');
    const other = await screen.look();
    expect(other.body.edit.recoveryCodesRemaining).toBe(10);
    expect(answers).toBe(2);
  });
});

test('known devices are forgotten one by one', async () => {
  const { user, browser: panel } = await onKnownDevice(pages.service);
  const screen = await editing(user, edit);
  const page = await openAt(screen);
  await press(page, /Known devices/);
  await press(page, 'Forget');
  await said(page, 'The device is forgotten.');
  expect((await screen.knownDevices()).body.items).toEqual([]);
  expect((await panel.signIn()).challenge.knownDevice).toMatchObject({ recognized: false });
});
