import twilio from 'twilio';
import type { Sealing } from '../../src/adapters/sealing.ts';
import { accountSid, authToken } from './fakes/twilio.ts';
import type { Service } from './service.ts';

/** The settings with which a call asks for a key before it says its code. */
export const keyFirst = { PUBLIC_URL: 'https://2fa.example', CALL_KEY_FIRST: 'true' };

/** The last call to a number, which asks for a key. */
export function callTo(service: Service, phone: string) {
  const request = service.twilio.requests.findLast(({ body }) => body['To'] === phone);
  const { Twiml: twiml = '', StatusCallback: callback = '' } = request?.body ?? {};
  const [, action = ''] = /action="([^"]+)"/.exec(twiml) ?? [];
  const CallSid = service.twilio.sidOf(phone);
  /** Twilio tells of a key. */
  const press = async (Digits: string, token = authToken, replica = 0) => {
    const fields = { AccountSid: accountSid, CallSid, Digits };
    const answer = await service.inject(replica, {
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
  return { twiml, action, callback, press };
}

/** What is sealed in the addresses of a call, as the service alone can read it. */
export function openedUrls(
  { open }: Pick<Sealing, 'open'>,
  { action, callback }: { action: string; callback: string },
): string[] {
  const referenceIn = (url: string) => /calls\/([^/]+)/.exec(url)?.[1] ?? '';
  return [
    open(referenceIn(action), ['callback', 'twilio-key']),
    open(referenceIn(callback), ['callback', 'twilio']),
  ];
}
