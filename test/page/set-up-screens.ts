import { somebody } from '../support/service.ts';
import { anError, at, pressChoice, pressLook, type Screen, steps, typeNumber } from './screen.ts';

/** The first method, and a backup. */
export const setUpScreens: readonly Screen[] = [
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
      at(await somebody(service).signIn(login), steps(pressChoice(0), typeNumber('0612345678'))),
  },
  {
    name: 'no phone number',
    show: async (service, login) =>
      at(
        await somebody(service).signIn(login),
        steps(pressChoice(0), typeNumber('09001234567'), pressLook('primary'), anError),
      ),
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
];
