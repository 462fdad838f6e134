import { editing } from '../support/edits.ts';
import { onKnownDevice, remembered } from '../support/known-browser.ts';
import { enrolled, type Service } from '../support/service.ts';
import {
  at,
  type Login,
  onceAt,
  pressChoice,
  pressLook,
  type Screen,
  steps,
  waitFor,
} from './screen.ts';

async function withTwoDevices(service: Service, login: Login) {
  const { user } = await onKnownDevice(service);
  await remembered(service, user);
  return editing(user, login);
}

/** "Bewerk 2FA": what there is besides methods. */
export const editMoreScreens: readonly Screen[] = [
  {
    name: 'no recovery codes yet',
    show: async (service, login) =>
      at(await editing(await enrolled(service), login), pressChoice(2)),
  },
  {
    name: 'recovery codes that are left',
    async show(service, login) {
      const screen = await editing(await enrolled(service), login);
      await screen.makeCodes();
      return at(screen, pressChoice(2));
    },
  },
  {
    name: 'new recovery codes',
    show: async (service, login) =>
      onceAt(
        await editing(await enrolled(service), login),
        steps(pressChoice(2), pressLook('primary'), waitFor('.codes')),
      ),
  },
  {
    name: 'no known devices',
    show: async (service, login) =>
      at(
        await editing(await enrolled(service), login),
        steps(pressChoice(3), waitFor('h1 ~ .lead')),
      ),
  },
  {
    name: 'known devices',
    show: async (service, login) =>
      at(
        await withTwoDevices(service, login),
        steps(pressChoice(3), waitFor('li.choice >> nth=0')),
      ),
  },
  {
    name: 'a device is forgotten',
    show: async (service, login) =>
      onceAt(
        await withTwoDevices(service, login),
        steps(
          pressChoice(3),
          async (page) => page.locator('li.choice .link').first().click(),
          waitFor('.news:not(:empty)'),
        ),
      ),
  },
  {
    name: 'all devices are forgotten',
    show: async (service, login) =>
      onceAt(
        await withTwoDevices(service, login),
        steps(pressChoice(3), pressLook('danger'), waitFor('.news:not(:empty)')),
      ),
  },
];
