/** A user whose factors change gets a push about it, in their language, on their earlier devices. */
import { beforeAll, expect, test } from '@jest/globals';
import { textsFor } from '../../src/adapters/channels/messages/index.ts';
import { editing } from '../support/edits.ts';
import { guessWrong } from '../support/guessing.ts';
import { remembered } from '../support/known-browser.ts';
import { enrolled, signIn, somebody, useService } from '../support/service.ts';
import { addConfirmed, atSettings } from '../support/settings-page.ts';

const languages = {
  acme: 'nl-NL',
  'acme-de': 'de-DE',
  'acme-fr': 'fr-FR',
  'acme-en': 'en-GB',
  'acme-es': 'es-ES',
};

const service = useService({ policy: null });
beforeAll(async () => {
  for (const [id, language] of Object.entries(languages))
    await service.organization({ policy: 'mandatory', language }, id);
});

let devices = 0;

/** A user with a phone, two devices, and the right to change their factors. */
async function withDevices(organizationId = 'acme') {
  const user = await enrolled(service, { organizationId });
  const tokens = [1, 2].map((n) => `notice-${devices + n}`);
  devices += 2;
  let challengeId = '';
  for (const pushToken of tokens) {
    const device = { id: `d-${pushToken}`, platform: 'ios', pushToken };
    const screen = await user.signIn({ device });
    challengeId = (await screen.enter(user.heard())).body.id;
  }
  const page = atSettings(service, { userId: user.userId, organizationId, challengeId });
  return { user, tokens, page };
}

type PushMessage = { token: string; notification: { title: string; body: string }; data: object };

const messages = () => service.google.requests.map(({ body }) => body.message as PushMessage);

/** No answer waits for a notice: this does, until so many have come. */
async function noticesTo(tokens: string[], count: number): Promise<PushMessage[]> {
  const notices = () =>
    messages().filter(
      ({ token, data }) =>
        tokens.includes(token) && 'about' in data && data.about !== 'device-added',
    );
  await service.google.until(() => notices().length >= count);
  return notices();
}

const hintOf = (phone: string) => `316*****${phone.slice(-2)}`;

test.each(Object.entries(languages))(
  'in %s the notice of an added factor is in %s',
  async (id, language) => {
    const { tokens, page } = await withDevices(id);
    const { phone } = somebody(service);
    await addConfirmed(service, page, phone);
    const notices = await noticesTo(tokens, 2);
    expect(notices.map(({ token }) => token).sort()).toEqual(tokens.sort());
    const texts = textsFor(language);
    const body = texts.notices['factor-added'](hintOf(phone));
    expect(body).toContain(hintOf(phone));
    for (const { notification, data } of notices) {
      expect(notification).toEqual({ title: texts.noticeTitle, body });
      expect(data).toEqual({ about: 'factor-added' });
    }
  },
);

test('a removed factor sends a notice, for any caller', async () => {
  const { user, tokens, page } = await withDevices();
  const { phone } = somebody(service);
  await addConfirmed(service, page, phone);
  await page.remove(await page.idOf(phone));
  const admin = atSettings(service, {
    userId: user.userId,
    actor: 'boss',
    bearer: service.keys.panel,
  });
  await addConfirmed(service, page, phone);
  await admin.remove(await admin.idOf(phone));
  const notices = await noticesTo(tokens, 8);
  const removed = notices.filter(({ notification }) =>
    /geen verificatiecodes/.test(notification.body),
  );
  expect(removed.map(({ token }) => token).sort()).toEqual([...tokens, ...tokens].sort());
  for (const { notification } of removed) expect(notification.body).toContain(hintOf(phone));
});

test('what changes in an edit sends the same notices', async () => {
  const { user, tokens } = await withDevices();
  const { phone } = somebody(service);
  const screen = await editing(user);
  const { factorId } = (await screen.addPhone(phone)).body.code;
  await screen.enter(service.twilio.codeFor(phone));
  await screen.makeCodes();
  expect((await screen.remove(factorId)).status).toBe(204);
  const notices = await noticesTo(tokens, 6);
  const about = notices.map(({ data }) => ('about' in data ? data.about : null));
  expect(about.sort()).toEqual(
    ['factor-added', 'factor-removed', 'recovery-codes-created'].flatMap((one) => [one, one]),
  );
});

test('an added device or a new push token sends a notice to the other devices', async () => {
  const { user, tokens, page } = await withDevices();
  const [first = '', second = ''] = tokens;
  const texts = textsFor('nl-NL');
  const noticeTo = async (token: string, about: string) => {
    const one = () =>
      messages().find(
        ({ token: to, data }) => to === token && 'about' in data && data.about === about,
      );
    await service.google.until(() => one() !== undefined);
    return one()?.notification;
  };
  const title = texts.noticeTitle;
  const hint = 'Qaller (ios)';
  const body = texts.notices['device-added'](hint);
  expect(await noticeTo(first, 'device-added')).toEqual({ title, body });
  await page.refresh(`d-${second}`, `${second}-alone`);
  const waiting = texts.notices['device-waiting']('Qaller (android)');
  for (const token of tokens)
    expect(await noticeTo(token, 'device-waiting')).toEqual({ title, body: waiting });
  await page.refresh(`d-${second}`, `${second}-new`, second);
  const refreshed = texts.notices['device-refreshed']('Qaller (android)');
  expect(await noticeTo(first, 'device-refreshed')).toEqual({ title, body: refreshed });
  const screen = await user.signIn({
    device: { id: `d-${second}`, platform: 'ios', pushToken: `${second}-newer` },
  });
  await screen.enter(user.heard());
  const added = service.google.requests.filter(({ body }) =>
    [`${second}-new`, `${second}-newer`].includes(body.message.token),
  );
  expect(added).toEqual([]);
});

test('a reset sends a notice to the devices from before it', async () => {
  const { user, tokens } = await withDevices();
  const { userId } = user;
  await atSettings(service, { userId, actor: 'boss', bearer: service.keys.panel }).reset();
  const notices = await noticesTo(tokens, 2);
  expect(notices.map(({ token }) => token).sort()).toEqual(tokens.sort());
  const texts = textsFor('nl-NL');
  for (const { notification, data } of notices) {
    expect(notification).toEqual({
      title: texts.noticeTitle,
      body: texts.notices['factors-reset'](''),
    });
    expect(data).toEqual({ about: 'factors-reset' });
  }
});

test.each(Object.entries(languages))(
  'in %s the notice of guessing is in %s and says what to do',
  async (id, language) => {
    const { user, tokens } = await withDevices(id);
    const texts = textsFor(language);
    const noticeTexts = async (count: number) => {
      const notices = await noticesTo(tokens, count);
      return notices.map(({ notification, data }) => ({ ...notification, ...data }));
    };
    const title = texts.alarmTitle;
    const alarming = {
      title,
      body: texts.notices['guesses-alarming'](''),
      about: 'guesses-alarming',
    };
    const careful = { title, body: texts.notices['user-careful'](''), about: 'user-careful' };
    const locked = { title, body: texts.notices['user-locked'](''), about: 'user-locked' };
    const login = { organizationId: id };
    await guessWrong(user, 3, login);
    expect(await noticeTexts(2)).toEqual([alarming, alarming]);
    await guessWrong(user, 6, login);
    expect(await noticeTexts(4)).toEqual([alarming, alarming, careful, careful]);
    await guessWrong(user, 20, login);
    expect(await noticeTexts(6)).toEqual([alarming, alarming, careful, careful, locked, locked]);
  },
);

test('a device that comes with a factor gets no notice of itself, but earlier devices do', async () => {
  const { user, tokens } = await withDevices();
  const device = { id: 'd-new', platform: 'android', pushToken: 'notice-new' };
  const screen = await user.signIn({ device });
  const first = await screen.enter(user.heard());
  expect(first.body.status).toBe('approved');
  const { challenge } = screen;
  const page = atSettings(service, { userId: user.userId, challengeId: challenge.id });
  const { phone } = somebody(service);
  await addConfirmed(service, page, phone);
  const all = [...tokens, device.pushToken];
  const notices = await noticesTo(all, 3);
  expect(notices.map(({ token }) => token).sort()).toEqual(all.sort());

  const fresh = somebody(service);
  const own = { id: 'd-own', platform: 'ios', pushToken: 'notice-own' };
  const enrolling = await fresh.signIn({ device: own });
  await enrolling.addPush();
  await enrolling.enter(service.google.codeFor(own.pushToken));
  await (await signIn(service, { userId: user.userId })).cancel();
  const ownMessages = service.google.requests.filter(
    ({ body }) => body.message.token === own.pushToken,
  );
  expect(ownMessages.every(({ body }) => 'code' in body.message.data)).toBe(true);
});

test('no other user gets a notice, and no notice contains a code or a number', async () => {
  const { tokens, page } = await withDevices();
  const other = await withDevices();
  const { phone } = somebody(service);
  await addConfirmed(service, page, phone);
  const code = service.twilio.codeFor(phone) ?? 'none';
  const notices = await noticesTo(tokens, 2);
  const text = JSON.stringify(notices.map(({ notification, data }) => ({ notification, data })));
  expect(text).not.toContain(phone.slice(3));
  expect(text).not.toContain(code);
  const strangers = service.google.requests.filter(({ body }) =>
    other.tokens.includes(body.message.token),
  );
  expect(strangers.map(({ body }) => body.message.data)).toEqual([{ about: 'device-added' }]);
});

test('a provider that fails changes nothing about the change itself', async () => {
  const { user, page } = await withDevices();
  const { phone } = somebody(service);
  service.google.answerWith(400);
  await addConfirmed(service, page, phone);
  await noticesTo(
    service.google.requests.map(({ body }) => body.message.token),
    2,
  );
  service.google.answerWith('success');
  expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [phone] });
});

test('a browser that is remembered, forgotten or copied sends a notice, in the language of the organization', async () => {
  const { user, tokens } = await withDevices('acme-en');
  const browser = await remembered(service, user);
  const copy = browser.copy();
  await browser.finish(await browser.signIn());
  await browser.signIn({ send: false });
  await service.advance(60_000);
  await copy.signIn({ send: false });
  await remembered(service, user);
  const page = atSettings(service, { userId: user.userId, organizationId: 'acme-en' });
  await page.forgetKnown();
  const notices = await noticesTo(tokens, 8);
  const about = notices.map(({ data }) => (data as { about: string }).about);
  expect(about.sort()).toEqual(
    ['added', 'added', 'added', 'added', 'removed', 'removed', 'stolen', 'stolen'].map(
      (word) => `known-device-${word}`,
    ),
  );
  const texts = textsFor('en-GB').notices;
  const bodies = notices.map(({ notification }) => notification.body);
  expect(bodies).toContain(texts['known-device-stolen']('company-panel'));
});
