import { editing, startEdit } from '../support/edits.ts';
import { untilLocked } from '../support/guessing.ts';
import { enrolled, somebody } from '../support/service.ts';
import { atSettings, prove } from '../support/settings-page.ts';
import {
  anError,
  at,
  pressChoice,
  pressLink,
  pressLook,
  type Screen,
  steps,
  typeNumber,
} from './screen.ts';

/** "Bewerk 2FA": one more method. */
export const editAddScreens: readonly Screen[] = [
  {
    name: 'another method to add',
    show: async (service, login) =>
      at(await editing(await enrolled(service), login), pressChoice(1)),
  },
  {
    name: 'a number that is there already',
    async show(service, login) {
      const user = await enrolled(service);
      const digits = user.phone.replace('+31', '0');
      return at(
        await editing(user, login),
        steps(pressChoice(1), pressChoice(0), typeNumber(digits), pressLook('primary'), anError),
      );
    },
  },
  {
    name: 'a new method to confirm',
    async show(service, login) {
      const screen = await editing(await enrolled(service), login);
      await screen.addPhone(somebody(service).phone);
      return at(screen);
    },
  },
  {
    name: 'another number in its place',
    async show(service, login) {
      const screen = await editing(await enrolled(service), login);
      await screen.addPhone(somebody(service).phone);
      return at(screen, pressLink(1));
    },
  },
  {
    name: 'locked, with a recovery code',
    async show(service, login) {
      const user = await enrolled(service);
      const challengeId = await prove(user);
      const page = atSettings(service, { userId: user.userId, challengeId });
      const { codes } = (await page.makeCodes()).body;
      await untilLocked(user);
      const screen = await startEdit(user, login);
      await screen.prove({ recoveryCode: codes[0] });
      return at(
        screen,
        steps(
          pressChoice(1),
          pressChoice(0),
          typeNumber('0612345678'),
          pressLook('primary'),
          anError,
        ),
      );
    },
  },
];
