/** A known device has a lane of its own: whatever strangers do elsewhere, its user waits for nothing. */
import { describe, expect, test } from '@jest/globals';
import { accountOf, eventsOf, guessWrong, untilCareful, untilLocked } from '../support/guessing.ts';
import { onKnownDevice, remembered } from '../support/known-browser.ts';
import { atScreen, problem, somebody, useService, wrong } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';

const service = useService({ env: { PUBLIC_URL: 'https://2fa.example' } });
/** A call on one lane keeps those of another waiting. */
const untilTheLineIsFree = () => service.advance(61_000);
const devicesOf = async (userId: string) =>
  (await atSettings(service, { userId }).read()).body.knownDevices;

describe('on a known device the user gets in at once', () => {
  test('while the strangers’ lane is locked, and may change their factors', async () => {
    const { user, browser } = await onKnownDevice(service);
    await untilLocked(user);
    expect((await user.signIn()).challenge.status).toBe('locked');
    const screen = await browser.signIn();
    expect(screen.challenge).toMatchObject({ status: 'verify', code: { length: 8 } });
    const { body } = await screen.enter(user.heard());
    expect(body.status).toBe('approved');
    const page = atSettings(service, { userId: user.userId, challengeId: body.id });
    const { phone, heard } = somebody(service);
    const adding = atScreen(service, await page.add(phone));
    expect(adding.challenge).toMatchObject({
      purpose: 'factor',
      knownDevice: { recognized: true },
      code: { method: 'call' },
    });
    expect((await adding.enter(heard())).body.status).toBe('approved');
  });

  test('while strangers have used up their codes and their starts', async () => {
    const { user, browser } = await onKnownDevice(service);
    await service.budget({ CODES_PER_USER_UNAPPROVED: '2', STARTS_PER_USER_MINUTE: '3' });
    for (let i = 0; i < 3; i += 1) await user.signIn();
    expect(await service.start({ userId: user.userId })).toMatchObject(
      problem(429, 'too-many-requests'),
    );
    const screen = await browser.signIn();
    expect(screen.challenge.code).not.toBeNull();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    await service.budget({});
  });

  test('and has budgets of its own, which an administrator clears with the others', async () => {
    const { user, browser } = await onKnownDevice(service);
    await service.budget({ CODES_PER_USER_UNAPPROVED: '1', STARTS_PER_USER_MINUTE: '3' });
    expect((await browser.signIn()).challenge.code).not.toBeNull();
    expect((await browser.signIn()).challenge).toMatchObject({
      code: null,
      noCode: { reason: 'too-many-requests' },
    });
    const admin = { userId: user.userId, actor: 'boss', bearer: service.keys.panel };
    expect((await atSettings(service, admin).unlock()).status).toBe(204);
    expect((await browser.signIn()).challenge.code).not.toBeNull();
    const start = () => service.start({ userId: user.userId, knownDevice: browser.jar.token });
    expect(await start()).toMatchObject(problem(429, 'too-many-requests'));
    await service.budget({});
  });

  test('while a stranger’s call is on the line: that call ends, and theirs waits', async () => {
    const { user, browser } = await onKnownDevice(service);
    const stranger = await user.signIn();
    const { code } = stranger.challenge;
    const before = service.twilio.updates.length;
    const screen = await browser.signIn();
    expect(screen.challenge.code?.delivery).toBe('accepted');
    await service.twilio.until(() => service.twilio.updates.length > before);
    expect((await stranger.look()).body.code?.sentAt).toBe(code?.sentAt);
    const refused = await user.signIn();
    expect(refused.challenge).toMatchObject({ noCode: { reason: 'too-many-requests' } });
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });
});

describe('careful mode is the user’s, over all lanes', () => {
  test('nine wrong guesses of strangers make the codes on a known device eight digits long', async () => {
    const { user, browser } = await onKnownDevice(service);
    await guessWrong(user, 4);
    const open = await browser.signIn();
    const short = user.heard();
    await guessWrong(user, 5, { knownDevice: browser.jar.token });
    expect((await open.look()).body.code).toBeNull();
    expect(await open.enter(short)).toMatchObject(problem(429, 'attempts-exhausted'));
    expect((await open.send()).body.code).toMatchObject({ length: 8 });
    expect((await open.enter(user.heard())).body.status).toBe('approved');
    expect(await accountOf(service, user)).toEqual({ short: 9, long: 0 });
  });

  test('at eight digits all known devices together take five, and the one with the fifth is forgotten', async () => {
    const { user, browser } = await onKnownDevice(service);
    const other = await remembered(service, user);
    const third = await remembered(service, user);
    await untilCareful(user);
    await guessWrong(user, 2, { knownDevice: browser.jar.token });
    await untilTheLineIsFree();
    const screen = await other.signIn();
    const open = await other.signIn({ send: false });
    for (let i = 0; i < 2; i += 1)
      expect(await screen.enter(wrong(user.heard()))).toMatchObject(problem(422, 'code-incorrect'));
    const fifth = await screen.enter(wrong(user.heard()));
    expect(fifth).toMatchObject(
      problem(429, 'attempts-exhausted', {
        challenge: { status: 'cancelled', endReason: 'withdrawn' },
      }),
    );
    expect((await open.look()).body).toMatchObject({ endReason: 'withdrawn' });
    expect((await other.signIn({ send: false })).challenge.knownDevice?.recognized).toBe(false);
    expect(await devicesOf(user.userId)).toHaveLength(2);
    const [event] = await eventsOf(service, user.userId, 'known-device');
    expect(event).toMatchObject({
      type: 'known-device.removed',
      challengeId: screen.challenge.id,
      details: { reason: 'guesses' },
    });

    await untilTheLineIsFree();
    const later = await third.signIn();
    const right = await later.enter(user.heard());
    expect(right).toMatchObject(problem(429, 'attempts-exhausted'));
    expect((await later.look()).body).toMatchObject({ status: 'cancelled' });
    expect(await devicesOf(user.userId)).toHaveLength(1);
    await untilTheLineIsFree();
    const stranger = await third.signIn();
    expect((await stranger.enter(user.heard())).body.status).toBe('approved');
    expect(await accountOf(service, user)).toEqual({ short: 9, long: 5 });
  });

  test('and guesses on known devices do not lock the strangers’ lane, nor those of strangers forget a device', async () => {
    const { user, browser } = await onKnownDevice(service);
    await untilCareful(user);
    await guessWrong(user, 19);
    await guessWrong(user, 4, { knownDevice: browser.jar.token });
    await untilTheLineIsFree();
    expect((await user.signIn()).challenge.status).toBe('verify');
    await guessWrong(user, 1);
    expect((await user.signIn()).challenge.status).toBe('locked');
    const screen = await browser.signIn();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    expect(await devicesOf(user.userId)).toHaveLength(1);
  });
});
