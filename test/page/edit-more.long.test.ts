/** "Bewerk 2FA" at the page: recovery codes, and known devices. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { openBrowser } from '../support/browser.ts';
import { editing, type Screen } from '../support/edits.ts';
import { onKnownDevice } from '../support/known-browser.ts';
import { enrolled } from '../support/service.ts';
import { use } from '../support/use.ts';
import { openAtPanel, press, returnUrl, said, startPageService, titled } from './page-service.ts';

const pages = use(startPageService);
const browser = use(openBrowser);
const edit = { returnUrl, language: 'en-GB' };

const openAt = (screen: Screen, options?: object) =>
  openAtPanel(browser, pages.local(String(screen.challenge.pageUrl)), options);

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
