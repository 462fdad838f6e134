/** A token of a known device that somebody copied: the second to use it gives both away. */
import { expect, test } from '@jest/globals';
import { eventsOf } from '../support/guessing.ts';
import { type Browser, onKnownDevice } from '../support/known-browser.ts';
import { useService } from '../support/service.ts';

const service = useService({ replicas: 2 });

const minute = 60_000;
const recognized = async (browser: Browser, replica = 0) =>
  (await browser.signIn({ send: false }, { replica })).challenge.knownDevice?.recognized;
const stolen = (userId: string) => eventsOf(service, userId, 'known-device.stolen');

test('an older token is good until a newer one was used, and 60 seconds after that', async () => {
  const { user, browser } = await onKnownDevice(service);
  const older = browser.copy();
  await browser.finish(await browser.signIn());
  // The answer with the newer token may have been lost.
  for (let day = 0; day < 3; day += 1) {
    expect(await recognized(older)).toBe(true);
    await service.advance(24 * 60 * minute);
  }
  expect(await recognized(browser)).toBe(true);
  expect(await recognized(older, 1)).toBe(true);
  await service.advance(minute - 5_000);
  expect(await recognized(older)).toBe(true);
  expect(await stolen(user.userId)).toEqual([]);
});

test('one that comes later ends the device, the open challenges on it, and is in the trail', async () => {
  const { user, browser } = await onKnownDevice(service);
  const thief = browser.copy();
  await browser.finish(await browser.signIn());
  const open = await browser.signIn();
  await service.advance(minute);
  const caught = await thief.signIn({}, { replica: 1 });
  expect(caught.challenge).toMatchObject({ status: 'verify', knownDevice: { recognized: false } });
  expect((await open.look()).body).toMatchObject({ status: 'cancelled', endReason: 'withdrawn' });
  expect(await recognized(browser)).toBe(false);
  expect((await caught.look()).body.status).toBe('verify');
  const events = await stolen(user.userId);
  expect(events).toMatchObject([
    {
      challengeId: caught.challenge.id,
      client: 'company-panel',
      details: { app: 'company-panel' },
    },
  ]);
  expect(await recognized(thief)).toBe(false);
  expect(await stolen(user.userId)).toHaveLength(1);
});

test('a thief who is first gives themselves away when the owner comes', async () => {
  const { user, browser } = await onKnownDevice(service);
  const thief = browser.copy();
  await thief.finish(await thief.signIn());
  expect(await recognized(thief)).toBe(true);
  await service.advance(minute);
  expect(await recognized(browser)).toBe(false);
  expect(await recognized(thief)).toBe(false);
  expect(await stolen(user.userId)).toHaveLength(1);
});

test('two who each redeemed from the same token do not share the device for long', async () => {
  const { user, browser } = await onKnownDevice(service);
  const thief = browser.copy();
  await browser.finish(await browser.signIn());
  await service.advance(31_000);
  await thief.finish(await thief.signIn());
  expect(await recognized(browser)).toBe(true);
  await service.advance(2 * minute);
  expect(await recognized(thief)).toBe(false);
  expect(await recognized(browser)).toBe(false);
  expect(await stolen(user.userId)).toHaveLength(1);
});

test('two tabs at once are forgiven, whichever cookie stays', async () => {
  for (const last of [0, 1]) {
    const { user, browser } = await onKnownDevice(service);
    const tabs = [browser.copy(), browser.copy()] as const;
    const screens = await Promise.all(tabs.map((tab) => tab.signIn({ send: false })));
    for (const [i, tab] of tabs.entries()) {
      await screens[i]?.send();
      await tab.finish(screens[i] ?? (await tab.signIn()));
    }
    const kept = tabs[last] ?? browser;
    for (let login = 0; login < 3; login += 1) {
      await service.advance(2 * minute);
      expect(await recognized(kept)).toBe(true);
      await kept.finish(await kept.signIn());
    }
    expect(await stolen(user.userId)).toEqual([]);
  }
});
