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

test('a visitor sets up a phone and is let in, and a code is asked for at the next login', async () => {
  const page = await browser.open({}, { viewport: { width: 1280, height: 900 } });
  await page.addInitScript('speechSynthesis.speak = ({ text }) => { window.said = text; }');
  await page.goto(started.url);
  const panel = page.frameLocator('iframe');
  const logIn = async () => {
    await panel.getByRole('button', { name: 'Log in' }).click();
    await panel.getByRole('button', { name: /Log out|Uitloggen/ }).waitFor();
  };
  /** Takes the call, and enters what the phone shows. */
  const enterCode = async () => {
    await page.getByRole('button', { name: 'Answer' }).click();
    const shown = String(await page.locator('.phone-code').textContent()).replaceAll(' ', '');
    expect(String(await page.evaluate('window.said')).replace(/\D/g, '')).toBe(shown + shown);
    await panel.getByLabel('Verificatiecode').fill(shown);
    await panel.getByRole('button', { name: 'Doorgaan' }).click();
    await page.getByRole('button', { name: 'Hang up' }).click();
  };
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
