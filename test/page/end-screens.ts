import { callTo } from '../support/key-first.ts';
import { onKnownDevice } from '../support/known-browser.ts';
import { enrolled } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';
import { at, type Screen } from './screen.ts';

/** How a login ends, when it does not lead back. */
export const endScreens: readonly Screen[] = [
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
  {
    name: 'it was not me',
    async show(service, login) {
      const user = await enrolled(service);
      const screen = await user.signIn(login);
      await callTo(service, user.phone).press('9');
      return at(screen);
    },
  },
  {
    name: 'its device was forgotten',
    async show(service, login) {
      const { user, browser } = await onKnownDevice(service);
      const screen = await browser.signIn(login);
      await atSettings(service, { userId: user.userId }).forgetKnown();
      return at(screen);
    },
  },
  {
    name: 'it took too long',
    async show(service, login) {
      const screen = await (await enrolled(service)).signIn(login);
      await service.advance(11 * 60_000);
      return at(screen);
    },
  },
];
