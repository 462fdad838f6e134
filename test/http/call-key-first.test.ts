/** CALL_KEY_FIRST: voicemail does not record the code, and its 30 seconds start at the key. */

import { expect, test } from '@jest/globals';
import twilio from 'twilio';
import { accountSid, authToken, digitsSaid } from '../support/fakes/twilio.ts';
import { somebody, useService } from '../support/service.ts';

const publicUrl = 'https://2fa.example';
const service = useService({ env: { PUBLIC_URL: publicUrl, CALL_KEY_FIRST: 'true' } });

/** Somebody whose phone rings in their enrolment. */
async function called() {
  const person = somebody(service);
  const screen = await person.signIn();
  await screen.addPhone(person.phone);
  const twiml = service.twilio.requests.at(-1)?.body['Twiml'] ?? '';
  const [, action = ''] = /action="([^"]+)"/.exec(twiml) ?? [];
  const CallSid = service.twilio.sidOf(person.phone);
  /** Twilio tells of a key. */
  const press = async (Digits: string, token = authToken) => {
    const fields = { AccountSid: accountSid, CallSid, Digits };
    const answer = await service.app.inject({
      method: 'POST',
      url: new URL(action).pathname,
      headers: {
        'x-twilio-signature': twilio.getExpectedTwilioSignature(token, action, fields),
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams(fields).toString(),
    });
    return { status: answer.statusCode, twiml: answer.body };
  };
  return { screen, twiml, action, press };
}

test('the call asks for a key first, and neither its words nor its address tell the code', async () => {
  const { screen, twiml, action, press } = await called();
  expect(twiml).toContain('<Gather');
  expect(twiml.length).toBeLessThan(4_000);
  expect(digitsSaid(twiml).first).toBe('');
  const { first, again } = digitsSaid((await press('1')).twiml);
  expect(first).toMatch(/^\d{4}$/);
  expect(again).toBe(first);
  expect(action).toContain(`${publicUrl}/webhooks/twilio/calls/`);
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

test.each(['9', ''])('key "%s" is no wish for the code', async (key) => {
  const { press } = await called();
  const { twiml } = await press(key);
  expect(digitsSaid(twiml).first).toBe('');
  expect(twiml).toContain('<Gather');
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
