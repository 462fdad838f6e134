/** A log is read by many: at its most talkative it still tells no code, number, key or token. */
import { expect, test } from '@jest/globals';
import { failToLogIn, keepSecrets, secretOf } from '../support/kept-secrets.ts';
import { enrolled, useService, wrong } from '../support/service.ts';

const service = useService({ logLevel: 'trace' });

const secrets = keepSecrets();
const { keep } = secrets;

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

test('whole logins, and failed ones, leave no secret in the log', async () => {
  await logIn();
  await failToLogIn(service, secrets);
  keep('API key', service.keys.panel);
  keep('secret of the API key', secretOf(service.keys.panel));
  expect(service.logLines.length).toBeGreaterThan(10);
  const text = service.logLines.map(withoutChance).join('\n');
  expect(secrets.toldBy(text)).toEqual([]);
});

/** Four digits turn up by chance in ids, times and durations, which are no secrets. */
function withoutChance(line: string): string {
  const { time, pid, hostname, ms, ...rest } = JSON.parse(line);
  return JSON.stringify(rest).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id');
}
