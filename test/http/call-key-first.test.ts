/** CALL_KEY_FIRST: voicemail does not record the code, and its 30 seconds start at the key. */

import { expect, test } from '@jest/globals';
import { sealing } from '../../src/adapters/sealing.ts';
import { dump } from '../support/dump.ts';
import { digitsSaid } from '../support/fakes/twilio.ts';
import { callTo, keyFirst, openedUrls } from '../support/key-first.ts';
import { holdingCodes, stored } from '../support/search.ts';
import { randomSecret, somebody, tellOfCall, useService } from '../support/service.ts';

const secrets = [randomSecret('k1')] as const;
const service = useService({ env: keyFirst, secrets });

/** Somebody whose phone rings in their enrolment. */
async function called() {
  const { phone, signIn } = somebody(service);
  const screen = await signIn();
  await screen.addPhone(phone);
  return { screen, phone, ...callTo(service, phone) };
}

test('the call asks for a key first, and neither its words nor its address contain the code', async () => {
  const { screen, twiml, action, press } = await called();
  expect(twiml).toContain('<Gather');
  expect(twiml.length).toBeLessThan(4_000);
  expect(digitsSaid(twiml).first).toBe('');
  const { first, again } = digitsSaid((await press('1')).twiml);
  expect(first).toMatch(/^\d{4}$/);
  expect(again).toBe(first);
  expect(action).toContain(`${keyFirst.PUBLIC_URL}/webhooks/twilio/calls/`);
  expect((await screen.enter(first)).status).toBe(200);
});

test('the 30 seconds start at the first key, and no second time', async () => {
  const { screen, press } = await called();
  await service.advance(20_000);
  const said = digitsSaid((await press('1')).twiml).first;
  await service.advance(20_000);
  expect(digitsSaid((await press('5')).twiml).first).toBe(said);
  await service.advance(10_000);
  expect((await screen.enter(said)).status).toBe(410);
  expect(digitsSaid((await press('1')).twiml).first).toBe('');
});

test('no key is no wish for the code: the call asks again', async () => {
  const { press } = await called();
  const { twiml } = await press('');
  expect(digitsSaid(twiml).first).toBe('');
  expect(twiml).toContain('<Gather');
});

test('a 9 says that it was somebody else, before and after the code', async () => {
  for (const keys of [['9'], ['1', '9']]) {
    const { screen, press } = await called();
    let said = '';
    for (const key of keys) said = (await press(key)).twiml;
    expect(digitsSaid(said).first).toBe('');
    expect((await screen.look()).body).toMatchObject({ status: 'cancelled', endReason: 'denied' });
  }
});

test('a key that Twilio did not sign is refused', async () => {
  const { press } = await called();
  expect((await press('1', 'another')).status).toBe(403);
});

test('a code that was replaced by the end of its login is not said', async () => {
  const { screen, press } = await called();
  await screen.cancel();
  expect(digitsSaid((await press('1')).twiml).first).toBe('');
});

test('no URL holds the code in any form, and no store holds it readable', async () => {
  const { screen, press, ...call } = await called();
  const before = await stored(service);
  const code = digitsSaid((await press('1')).twiml).first;
  for (const text of openedUrls(sealing(secrets), call)) {
    expect(text).toContain(screen.challenge.id);
    expect(text).not.toContain(`"${code}"`);
  }
  for (const lines of [before, await stored(service)]) {
    expect(lines.map(({ text }) => text).join('\n')).toContain('"sealed\\":\\"k1.2.');
    expect(holdingCodes(lines, [code])).toEqual([]);
  }
});

test.each(['is replaced', 'is entered', 'is not wanted any more', 'belongs to a call that ended'])(
  'no store holds a code that %s, sealed or not',
  async (end) => {
    const { screen, phone, press } = await called();
    const sealed = () => sealedOf(screen.challenge.id);
    const first = await sealed();
    expect(first).toMatch(/^k1\.2\./);
    if (end === 'is entered') await screen.enter(digitsSaid((await press('1')).twiml).first);
    if (end === 'is not wanted any more') await screen.cancel();
    if (end === 'belongs to a call that ended') await tellOfCall(service, phone, 'completed');
    if (end === 'is replaced') {
      await service.advance(30_000);
      await screen.send();
      expect(callTo(service, phone).action).not.toBe('');
    }
    expect(await sealed()).not.toBe(first);
    expect(await dump(service)).not.toContain(first);
  },
);

/** The sealed digits of the code in play. */
async function sealedOf(challengeId: string): Promise<string | null> {
  const [key = ''] = await service.redis.keys(`*challenge:${challengeId}`);
  const code = await service.redis.hget(key, 'code');
  return code && JSON.parse(code).sealed;
}
