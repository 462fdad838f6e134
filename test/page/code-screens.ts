import { untilCareful, untilLocked } from '../support/guessing.ts';
import { callTo } from '../support/key-first.ts';
import { enrolled, type Service, tellOfCall, wrong } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';
import {
  anError,
  at,
  fill,
  type Login,
  pressChoice,
  pressLink,
  pressLook,
  type Screen,
  type Shown,
  steps,
  withPush,
} from './screen.ts';

async function called(service: Service, login: Login, status: string): Promise<Shown> {
  const user = await enrolled(service);
  const screen = await user.signIn(login);
  await tellOfCall(service, user.phone, status);
  return at(screen);
}

/** What is entered, or why there is nothing to enter. */
export const codeScreens: readonly Screen[] = [
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
      at(await (await enrolled(service)).signIn(login), steps(pressLink(1), pressChoice(0))),
  },
  {
    name: 'a wrong pass',
    show: async (service, login) =>
      at(
        await (await enrolled(service)).signIn(login),
        steps(
          pressLink(1),
          pressChoice(1),
          fill('#pass', 'ABCD-EFGH'),
          pressLook('primary'),
          anError,
        ),
      ),
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
    name: 'withdrawn',
    async show(service, login) {
      const user = await withPush(service);
      const screen = await user.signIn(login);
      const [primary] = screen.challenge.factors;
      await atSettings(service, {
        userId: user.userId,
        actor: 'admin',
        bearer: service.keys.panel,
      }).remove(primary?.id ?? '');
      return at(screen);
    },
  },
  {
    name: 'no device',
    async show(service, login) {
      const user = await withPush(service);
      service.google.unregister(user.pushToken);
      await user.signIn();
      return at(await user.signIn(login));
    },
  },
  {
    name: 'not this way',
    async show(service, login) {
      const user = await enrolled(service);
      const settings = service.deps[0]?.settings ?? { methods: [] };
      const { methods } = settings;
      Object.assign(settings, { methods: ['push'] });
      const screen = await user.signIn(login);
      Object.assign(settings, { methods });
      return at(screen);
    },
  },
  {
    name: 'it was not me, before',
    async show(service, login) {
      const user = await enrolled(service);
      await user.signIn();
      await callTo(service, user.phone).press('9');
      return at(await user.signIn(login));
    },
  },
];
