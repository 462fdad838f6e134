/** A log is read by many: at its most talkative it still tells no code, number, key or token. */
import { expect, test } from '@jest/globals';
import { enrolled, somebody, useService, wrong } from '../support/service.ts';

const service = useService({ logLevel: 'trace' });

const secrets = new Map<string, string>();
const keep = (what: string, value: unknown) => {
  if (typeof value !== 'string' || value === '') throw new Error(`no ${what}`);
  secrets.set(value, what);
};

/** Every kind of login there is, also those that fail. */
async function logIn(): Promise<void> {
  const device = { id: 'd-1', platform: 'android', pushToken: 'push-token-of-the-phone' };
  keep('push token', device.pushToken);
  const user = await enrolled(service);
  keep('phone number', user.phone.slice(1));
  const screen = await user.signIn({ device });
  keep('challenge token', screen.token.split('.')[2]);
  keep('wrong code', wrong(user.heard()));
  await screen.enter(wrong(user.heard()));
  keep('code', user.heard());
  const { result } = (await screen.enter(user.heard())).body;
  keep('result token', result.token.split('.')[2]);
  const request = { bearer: service.keys.panel, body: { token: result.token } };
  await service.call('POST', '/v1/results/redeem', request);
  await service.call('POST', '/v1/results/redeem', request);
}

async function failToLogIn(): Promise<void> {
  const other = await enrolled(service);
  keep('another phone number', other.phone.slice(1));
  for (const failure of [400, 500, 'drop'] as const) {
    service.twilio.answerWith(failure);
    await other.signIn();
    keep(`code that met ${failure}`, other.heard());
  }
  service.twilio.answerWith('success');
  const invalid = '+316999999990000';
  keep('mistyped number', invalid.slice(1));
  await (await somebody(service).signIn()).addPhone(invalid);
  const bearer = 'dck_0123456789abcdef_0000000000000000000000000000000000000000000';
  keep('key that is none', bearer);
  await service.call('POST', '/v1/challenges', { bearer, body: { code: 'x' } });
  const url = '/v1/challenge/verify?token=in-the-address';
  keep('token in an address', 'in-the-address');
  await service.call('POST', url, { bearer: 'not.a.token', body: {} });
}

test('whole logins, and failed ones, leave no secret in the log', async () => {
  await logIn();
  await failToLogIn();
  keep('API key', service.keys.panel.split('_')[2]);
  expect(service.logLines.length).toBeGreaterThan(10);
  const text = service.logLines.map(withoutChance).join('\n');
  const leaked = [...secrets].filter(([value]) => tells(text, value));
  expect(leaked.map(([, what]) => what)).toEqual([]);
});

/** Four digits turn up by chance in ids, times and durations, which are no secrets. */
function withoutChance(line: string): string {
  const { time, pid, hostname, ms, ...rest } = JSON.parse(line);
  return JSON.stringify(rest).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id');
}

function tells(text: string, value: string): boolean {
  return new RegExp(`(?<!\\w)${value}(?!\\w)`).test(text);
}
