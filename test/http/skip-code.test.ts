/** Where an organization wants it, a known device needs no code. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventsOf, untilLocked } from '../support/guessing.ts';
import { browserOf, onKnownDevice } from '../support/known-browser.ts';
import { problem, somebody, useService } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';

const service = useService({ policy: null });
beforeAll(() => service.organization({ policy: 'mandatory', knownDevices: { skipCode: true } }));

describe('on a known device of an organization that skips the code', () => {
  test('the user is in at once, and the result says why', async () => {
    const { user, browser } = await onKnownDevice(service);
    const calls = service.twilio.requests.length;
    const { challenge } = await browser.signIn();
    expect(challenge).toMatchObject({ status: 'approved', result: { amr: ['pwd'] }, code: null });
    const { body } = await browser.redeem(challenge.result?.token ?? '');
    expect(body).toMatchObject({
      sub: user.userId,
      amr: ['pwd'],
      known_device: true,
      knownDevice: { token: expect.any(String) },
    });
    expect(service.twilio.requests).toHaveLength(calls);
    const [approved, started] = await eventsOf(service, user.userId, 'challenge.');
    expect(approved).toMatchObject({
      type: 'challenge.approved',
      details: { amr: 'pwd', knownDevice: true },
    });
    expect(started).toMatchObject({ type: 'challenge.started', details: { next: 'approve' } });
  });

  test('also while the strangers’ lane is locked', async () => {
    const { user, browser } = await onKnownDevice(service);
    await untilLocked(user);
    expect((await browser.signIn()).challenge.status).toBe('approved');
  });

  test('for its days after the last right code, however often the device is used', async () => {
    const { browser } = await onKnownDevice(service);
    for (let week = 0; week < 4; week += 1) {
      await service.advance(7 * 86_400_000);
      const { challenge } = await browser.signIn();
      expect(challenge.status).toBe('approved');
      await browser.redeem(challenge.result?.token ?? '');
    }
    await service.advance(3 * 86_400_000);
    expect((await browser.signIn()).challenge.status).toBe('verify');
  });

  test('never to step up', async () => {
    const { user, browser } = await onKnownDevice(service);
    expect((await browser.signIn({ purpose: 'step-up' })).challenge.status).toBe('verify');
    const { challenge } = await browser.signIn();
    const page = atSettings(service, { userId: user.userId, challengeId: challenge.id });
    expect(await page.add(somebody(service).phone)).toMatchObject(problem(403, 'step-up-required'));
  });

  test('not while something is left to set up', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    await screen.addPhone(user.phone);
    await screen.enter(user.heard());
    const browser = browserOf(service, user);
    await browser.redeem((await screen.skip()).body.result.token, { rememberDevice: true });
    expect((await browser.signIn({ send: false })).challenge.status).toBe('approved');
    await service.organization({
      policy: 'mandatory',
      backup: 'required',
      knownDevices: { skipCode: true },
    });
    const asked = await browser.signIn();
    expect(asked.challenge.status).toBe('verify');
    await service.organization({ policy: 'mandatory', knownDevices: { skipCode: true } });
  });

  test('nor for a stranger, nor in an organization that asks for the code', async () => {
    const { user } = await onKnownDevice(service);
    expect((await user.signIn()).challenge.status).toBe('verify');
    await service.organization({ policy: 'mandatory' }, 'asks');
    const asking = await onKnownDevice(service, { organizationId: 'asks' });
    expect((await asking.browser.signIn()).challenge.status).toBe('verify');
  });

  test('an app that is too old for the screens passes, since it needs none', async () => {
    const { browser } = await onKnownDevice(service);
    const old = { app: { name: 'qaller', version: '1.0.0' } };
    expect((await browser.signIn(old)).challenge.status).toBe('approved');
    expect((await browser.signIn({ ...old, purpose: 'step-up' })).challenge.status).toBe(
      'upgrade_required',
    );
  });
});
