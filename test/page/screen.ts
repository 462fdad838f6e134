import type { Page } from 'playwright-core';
import { type Service, somebody } from '../support/service.ts';

/** Where a screen is, and what the user presses there before it shows. */
export type Shown = { pageUrl: string; press?: Press; once?: boolean };

type Press = (page: Page) => Promise<void>;

export type Login = { language: string; returnUrl: string };

export type Screen = {
  name: string;
  show: (service: Service, login: Login) => Promise<Shown>;
};

type Started = Awaited<ReturnType<ReturnType<typeof somebody>['signIn']>>;

export const at = (screen: Started, press?: Press): Shown => ({
  pageUrl: String(screen.challenge.pageUrl),
  ...(press && { press }),
});

/** The same for what shows once: after a reload it is the screen before. */
export const onceAt = (screen: Started, press: Press): Shown => ({
  ...at(screen, press),
  once: true,
});

/** Someone who receives codes in the app, with a phone as backup. */
export async function withPush(service: Service) {
  const user = somebody(service);
  const pushToken = `token-${user.userId}`;
  const device = { id: 'd-1', platform: 'android', pushToken };
  const first = await user.signIn({ app: { name: 'qaller', version: '3.2.0' }, device });
  await first.addPush();
  await first.enter(service.google.codeFor(pushToken));
  await first.addPhone(user.phone);
  await first.enter(user.heard());
  return { ...user, pushToken, pushed: () => service.google.codeFor(pushToken) };
}

/** The buttons of the page, in the order of the screen. */
export const pressLink =
  (index: number): Press =>
  async (page) => {
    await page.locator('.ways .link').nth(index).click();
  };
export const pressChoice =
  (index: number): Press =>
  async (page) => {
    await page.locator('.choice').nth(index).click();
  };
/** A button by its look. */
export const pressLook =
  (look: string): Press =>
  async (page) => {
    await page.locator(`button.${look}`).click();
  };
/** One after another. */
export const steps =
  (...presses: Press[]): Press =>
  async (page) => {
    for (const step of presses) await step(page);
  };
export const waitFor =
  (selector: string): Press =>
  async (page) => {
    await page.locator(selector).waitFor();
  };
export const anError = waitFor('.error:not(:empty)');

export const fill =
  (field: string, text: string): Press =>
  async (page) => {
    await page.locator(field).fill(text);
  };

/** A number as somebody in the Netherlands types it. */
export const typeNumber =
  (digits: string): Press =>
  async (page) => {
    await page.locator('#country').selectOption('NL');
    await page.locator('#phone').pressSequentially(digits);
  };
