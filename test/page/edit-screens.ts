import { editing, startEdit } from '../support/edits.ts';
import { enrolled, type Service, somebody } from '../support/service.ts';
import { addConfirmed, owner, withBackup } from '../support/settings-page.ts';
import {
  anError,
  at,
  type Login,
  onceAt,
  pressChoice,
  pressLook,
  type Screen,
  steps,
  waitFor,
  withPush,
} from './screen.ts';

const news = waitFor('.news:not(:empty)');

async function withTwoPhones(service: Service, login: Login) {
  const { user } = await withBackup(service);
  return editing(user, login);
}

/** Someone with one phone, who may also have none. */
async function withOnePhone(service: Service, login: Login) {
  await service.organization({ policy: 'optional' }, 'optional');
  const user = await enrolled(service, { organizationId: 'optional' });
  return editing(user, login);
}

/** Their own app receives nothing any more; the phone proves who they are. */
async function withLostApp(service: Service, login: Login) {
  const user = await withPush(service);
  service.google.unregister(user.pushToken);
  const screen = await startEdit(user, login);
  const [, phone] = screen.challenge.factors;
  await screen.send({ factorId: phone?.id });
  await screen.enter(user.heard());
  return screen;
}

/** "Bewerk 2FA": the list, and what is done with a method. */
export const editScreens: readonly Screen[] = [
  {
    name: 'the second factor first',
    show: async (service, login) => at(await startEdit(await enrolled(service), login)),
  },
  {
    name: 'the methods',
    show: async (service, login) => {
      const user = await withPush(service);
      return at(await editing({ ...user, heard: user.pushed }, login));
    },
  },
  {
    name: 'a method that reaches nobody',
    show: async (service, login) => at(await withLostApp(service, login)),
  },
  {
    name: 'all methods that one may have',
    async show(service, login) {
      const { user, page } = await owner(service);
      for (let count = 1; count < 5; count += 1)
        await addConfirmed(service, page, somebody(service).phone);
      return at(await editing(user, login));
    },
  },
  {
    name: 'no method left',
    async show(service, login) {
      const screen = await withOnePhone(service, login);
      await screen.remove(screen.challenge.factors[0]?.id ?? '');
      return at(screen);
    },
  },
  {
    name: 'the primary',
    show: async (service, login) => at(await withTwoPhones(service, login), pressChoice(0)),
  },
  {
    name: 'a backup',
    show: async (service, login) => at(await withTwoPhones(service, login), pressChoice(1)),
  },
  {
    name: 'the app that reaches nobody',
    show: async (service, login) => at(await withLostApp(service, login), pressChoice(0)),
  },
  {
    name: 'another primary',
    show: async (service, login) =>
      onceAt(
        await withTwoPhones(service, login),
        steps(pressChoice(1), pressLook('primary'), news),
      ),
  },
  {
    name: 'remove it?',
    show: async (service, login) =>
      at(await withTwoPhones(service, login), steps(pressChoice(0), pressLook('danger'))),
  },
  {
    name: 'removed',
    show: async (service, login) =>
      onceAt(
        await withTwoPhones(service, login),
        steps(
          pressChoice(1),
          pressLook('danger'),
          waitFor('.secondary'),
          pressLook('danger'),
          news,
        ),
      ),
  },
  {
    name: 'remove the last?',
    show: async (service, login) =>
      at(await withOnePhone(service, login), steps(pressChoice(0), pressLook('danger'))),
  },
  {
    name: 'the last one stays',
    show: async (service, login) =>
      at(await editing(await enrolled(service), login), steps(pressChoice(0), pressLook('danger'))),
  },
  {
    name: 'the last one must stay now',
    async show(service, login) {
      const screen = await withOnePhone(service, login);
      await service.organization({ policy: 'mandatory' }, 'optional');
      return at(
        screen,
        steps(
          pressChoice(0),
          pressLook('danger'),
          waitFor('.secondary'),
          pressLook('danger'),
          anError,
        ),
      );
    },
  },
  {
    name: 'the edit is done',
    async show(service, login) {
      const screen = await editing(await enrolled(service), login);
      await screen.done();
      return at(screen);
    },
  },
];
