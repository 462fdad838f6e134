import type { Page } from 'playwright-core';
import { untilCareful, untilLocked } from '../support/guessing.ts';
import { enrolled, type Service, somebody, wrong } from '../support/service.ts';

/** Where a screen is, and what the user presses there before it shows. */
export type Shown = { pageUrl: string; press?: (page: Page) => Promise<void> };

export type Screen = {
  name: string;
  show: (service: Service, login: { language: string; returnUrl: string }) => Promise<Shown>;
};

type Person = Awaited<ReturnType<typeof enrolled>>;
type Login = Parameters<Screen['show']>[1];

const at = (screen: Awaited<ReturnType<Person['signIn']>>, press?: Shown['press']): Shown => ({
  pageUrl: String(screen.challenge.pageUrl),
  ...(press && { press }),
});

/** Twilio tells of the user's last call. */
async function tell(service: Service, phone: string, status: string): Promise<void> {
  const { path, headers, payload } = service.twilio.callbackOf(phone, status);
  await service.app.inject({ method: 'POST', url: path, headers, payload });
}

async function called(service: Service, login: Login, status: string): Promise<Shown> {
  const user = await enrolled(service);
  const screen = await user.signIn(login);
  await tell(service, user.phone, status);
  return at(screen);
}

async function withPush(service: Service) {
  const user = somebody(service);
  const device = { id: 'd-1', platform: 'android', pushToken: `token-${user.userId}` };
  const first = await user.signIn({ app: { name: 'qaller', version: '3.2.0' }, device });
  await first.addPush();
  await first.enter(service.google.codeFor(device.pushToken));
  await first.addPhone(user.phone);
  await first.enter(user.heard());
  return user;
}

/** The buttons of the page, in the order of the screen. */
const pressLink = (index: number) => async (page: Page) => {
  await page.locator('.ways .link').nth(index).click();
};
const pressChoice = (index: number) => async (page: Page) => {
  await page.locator('.choice').nth(index).click();
};

/** Every screen of a login, in an organization that demands a second factor. */
export const screens: readonly Screen[] = [
  { name: 'the phone rings', show: (service, login) => called(service, login, 'ringing') },
  { name: 'the call is answered', show: (service, login) => called(service, login, 'in-progress') },
  { name: 'the call is over', show: (service, login) => called(service, login, 'completed') },
  { name: 'the line is busy', show: (service, login) => called(service, login, 'busy') },
  { name: 'nobody answers', show: (service, login) => called(service, login, 'no-answer') },
  { name: 'the call fails', show: (service, login) => called(service, login, 'failed') },
  {
    name: 'a wrong code',
    async show(service, login) {
      const user = await enrolled(service);
      const screen = await user.signIn(login);
      await screen.enter(wrong(user.heard()));
      return at(screen);
    },
  },
  {
    name: 'a push message',
    show: async (service, login) => at(await (await withPush(service)).signIn(login)),
  },
  {
    name: 'another method',
    show: async (service, login) => at(await (await withPush(service)).signIn(login), pressLink(1)),
  },
  {
    name: 'eight digits',
    async show(service, login) {
      const user = await enrolled(service);
      await untilCareful(user);
      return at(await user.signIn(login));
    },
  },
  {
    name: 'no code asked for',
    show: async (service, login) =>
      at(await (await enrolled(service)).signIn({ ...login, send: false })),
  },
  {
    name: 'the code has expired',
    async show(service, login) {
      const screen = await (await enrolled(service)).signIn(login);
      await service.advance(61_000);
      return at(screen);
    },
  },
  {
    name: 'no attempts left',
    async show(service, login) {
      const user = await enrolled(service);
      const screen = await user.signIn(login);
      for (let guess = 0; guess < 5; guess += 1) await screen.enter(wrong(user.heard()));
      return at(screen);
    },
  },
  {
    name: 'too many codes',
    async show(service, login) {
      const user = await enrolled(service);
      await user.signIn();
      const sending = service.deps[0]?.settings.sending;
      const { userUnapprovedPerQuarter = 0 } = sending ?? {};
      Object.assign(sending ?? {}, { userUnapprovedPerQuarter: 1 });
      const screen = await user.signIn(login);
      Object.assign(sending ?? {}, { userUnapprovedPerQuarter });
      return at(screen);
    },
  },
  {
    name: 'a recovery code',
    show: async (service, login) =>
      at(await (await enrolled(service)).signIn(login), async (page) => {
        await pressLink(1)(page);
        await pressChoice(0)(page);
      }),
  },
  {
    name: 'a wrong pass',
    show: async (service, login) =>
      at(await (await enrolled(service)).signIn(login), async (page) => {
        await pressLink(1)(page);
        await pressChoice(1)(page);
        await page.locator('#pass').fill('ABCD-EFGH');
        await page.locator('.primary').click();
        await page.locator('.error:not(:empty)').waitFor();
      }),
  },
  {
    name: 'a pass before the first set-up',
    async show(service, login) {
      await service.organization({ policy: 'mandatory', firstSetup: 'pass' }, 'pass-first');
      return at(await somebody(service, { organizationId: 'pass-first' }).signIn(login));
    },
  },
  {
    name: 'set up 2FA',
    show: async (service, login) => at(await somebody(service).signIn(login)),
  },
  {
    name: 'set up 2FA before a day',
    async show(service, login) {
      const mandatoryFrom = '2999-03-01T12:00:00.000Z';
      await service.organization({ policy: 'optional', mandatoryFrom }, 'soon');
      return at(await somebody(service, { organizationId: 'soon' }).signIn(login));
    },
  },
  {
    name: 'a phone number',
    show: async (service, login) =>
      at(await somebody(service).signIn(login), async (page) => {
        await pressChoice(0)(page);
        await page.locator('#country').selectOption('NL');
        await page.locator('#phone').pressSequentially('0612345678');
      }),
  },
  {
    name: 'no phone number',
    show: async (service, login) =>
      at(await somebody(service).signIn(login), async (page) => {
        await pressChoice(0)(page);
        await page.locator('#country').selectOption('NL');
        await page.locator('#phone').pressSequentially('09001234567');
        await page.locator('.primary').click();
        await page.locator('.error:not(:empty)').waitFor();
      }),
  },
  {
    name: 'confirm the number',
    async show(service, login) {
      const user = somebody(service);
      const screen = await user.signIn(login);
      await screen.addPhone(user.phone);
      return at(screen);
    },
  },
  {
    name: 'add a backup',
    async show(service, login) {
      const user = somebody(service);
      const screen = await user.signIn(login);
      await screen.addPhone(user.phone);
      await screen.enter(user.heard());
      return at(screen);
    },
  },
  {
    name: 'locked',
    async show(service, login) {
      const user = await enrolled(service);
      await untilLocked(user);
      return at(await user.signIn(login));
    },
  },
  {
    name: 'update the app',
    async show(service, login) {
      const app = { name: 'qaller', version: '3.1.0' };
      return at(await (await enrolled(service)).signIn({ ...login, app }));
    },
  },
  {
    name: 'logged out',
    async show(service, login) {
      const screen = await (await enrolled(service)).signIn(login);
      await screen.cancel();
      return at(screen);
    },
  },
  {
    name: 'all guesses used',
    async show(service, login) {
      const user = await enrolled(service);
      const screen = await user.signIn(login);
      for (let code = 1; code < 5; code += 1) {
        await service.advance(31_000);
        await screen.send();
      }
      await service.advance(61_000);
      return at(screen);
    },
  },
  {
    name: 'already confirmed',
    async show(service, login) {
      const user = await enrolled(service);
      const screen = await user.signIn(login);
      await screen.enter(user.heard());
      return at(screen);
    },
  },
  {
    name: 'of no login',
    show: async (_service, { language }) => ({
      pageUrl: `https://2fa.example/2fa/company-panel?lang=${language.slice(0, 2)}#nothing`,
    }),
  },
];
