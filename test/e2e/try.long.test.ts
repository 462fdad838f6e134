/** `npm start` and then `/try`: the manual, played in one window, by somebody who has just cloned it. */
import { expect, jest, test } from '@jest/globals';
import { openBrowser } from '../support/browser.ts';
import { freePort } from '../support/server-process.ts';
import { use } from '../support/use.ts';
import { emptyFolder, run, slowWorkMs } from './program.ts';

jest.setTimeout(2 * slowWorkMs);

const started = use(async () => {
  const { folder, remove } = emptyFolder();
  const service = run('src/main.ts', [], { cwd: folder, env: { PORT: String(await freePort()) } });
  const [, url = ''] = await service.until(/^Try it: open (http:\S+) in a browser$/m);
  return {
    url,
    async close() {
      await service.stop();
      remove();
    },
  };
});
const browser = use(openBrowser);

/** The window, with a voice that writes down what it says. */
async function openTry() {
  const page = await browser.open({}, { viewport: { width: 1280, height: 900 } });
  await page.addInitScript('speechSynthesis.speak = ({ text }) => { window.said = text; }');
  await page.goto(started.url);
  const panel = page.frameLocator('iframe');
  const logIn = async () => {
    await panel.getByRole('button', { name: 'Log in' }).click();
    await panel.getByRole('button', { name: /Log out|Uitloggen/ }).waitFor();
  };
  return { page, panel, logIn };
}

test('a visitor sets up a phone and is let in, and a code is asked for at the next login', async () => {
  const { page, panel, logIn } = await openTry();
  /** Takes the call, and enters what the phone shows. */
  const enterCode = async () => {
    await page.getByRole('button', { name: 'Answer' }).click();
    const shown = String(await page.locator('.phone-code').textContent()).replaceAll(' ', '');
    expect(String(await page.evaluate('window.said')).replace(/\D/g, '')).toBe(shown + shown);
    await panel.getByLabel('Verificatiecode').fill(shown);
    await panel.getByRole('button', { name: 'Doorgaan' }).click();
    await page.getByRole('button', { name: 'Hang up' }).click();
  };
  await panel.getByText('2FA is off. Choose Optional or Mandatory').waitFor();
  await panel.getByLabel('2FA').selectOption('mandatory');
  await logIn();
  await panel.getByRole('button', { name: /Telefonisch/ }).click();
  await panel.getByLabel('Telefoonnummer').fill('06 12345678');
  await panel.getByRole('button', { name: 'Doorgaan' }).click();
  await enterCode();
  await panel.getByRole('button', { name: 'Een andere keer' }).click();
  await panel.getByRole('heading', { name: 'Welcome, anna' }).waitFor();
  await panel.getByText('pwd + mfa + otp + tel').waitFor();

  await panel.getByRole('button', { name: 'Log out' }).click();
  await logIn();
  await enterCode();
  await panel.getByRole('heading', { name: 'Welcome, anna' }).waitFor();
});

test('a visitor gets a push in Qaller, has the browser remembered, and edits their 2FA', async () => {
  const { page, panel, logIn } = await openTry();
  await panel.getByLabel('2FA').selectOption('mandatory');
  const enterPush = async () => {
    // Not the one before, which may have the same digits.
    const push = page.locator('.push-code:not([data-seen])');
    const code = String(await push.textContent());
    await push.evaluate((drawn) => drawn.setAttribute('data-seen', ''));
    await panel.getByLabel('Verificatiecode').fill(code);
    await panel.getByRole('button', { name: 'Doorgaan' }).click();
  };
  await panel.getByLabel('User name').fill('bram');
  await panel.getByLabel('Log in to').selectOption('Qaller');
  await logIn();
  await panel.getByRole('button', { name: /Pushbericht/ }).click();
  await enterPush();
  await panel.getByRole('button', { name: 'Een andere keer' }).click();
  await panel.getByRole('heading', { name: 'Welcome, bram' }).waitFor();
  await panel.getByRole('button', { name: 'Log out' }).click();

  await panel.getByLabel('User name').fill('bram');
  await logIn();
  await panel.getByText('Verstuurd naar Qaller op 1 apparaat').waitFor();
  await panel.getByLabel('Onthoud dit apparaat 30 dagen').check();
  await enterPush();
  await panel.getByText('pwd + mfa + otp').waitFor();

  await panel.getByRole('button', { name: 'Bewerk 2FA' }).click();
  await enterPush();
  await panel.getByRole('heading', { name: 'Bewerk 2FA' }).waitFor();
  await panel.getByRole('button', { name: /Pushbericht Qaller \(1\) Primair/ }).waitFor();
  await panel.getByRole('button', { name: /Bekende apparaten/ }).click();
  await panel.getByText('Company Panel').waitFor();
  await panel.getByRole('button', { name: 'Terug' }).click();
  await panel.getByRole('button', { name: 'Klaar' }).click();
  await panel.getByRole('heading', { name: 'Welcome, bram' }).waitFor();
});
