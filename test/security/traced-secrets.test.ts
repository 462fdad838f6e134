/** Traces go to others: nothing in them names a person, or opens anything. */
import { expect, test } from '@jest/globals';
import { failToLogIn, keepSecrets, secretOf } from '../support/kept-secrets.ts';
import { enrolled, wrong } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';
import { startTracedService } from '../support/traced-service.ts';
import { use } from '../support/use.ts';

const traced = use(() => startTracedService());

const secrets = keepSecrets();
const { keep } = secrets;

const device = { id: 'the-id-of-the-device', platform: 'android', pushToken: 'push-of-the-phone' };

/** Logins by call and push that end well, and all that a caller may send along. */
async function logIn(): Promise<void> {
  const { service } = traced;
  const headers = { tracestate: 'vendor=text-of-a-stranger', 'user-agent': 'agent-of-a-stranger' };
  keep('tracestate', 'text-of-a-stranger');
  keep('user agent', headers['user-agent']);
  const user = await enrolled(service);
  keep('user id', user.userId);
  keep('phone number', user.phone.slice(1));
  keep('device id', device.id);
  keep('push token', device.pushToken);
  const qaller = { app: { name: 'qaller', version: '3.2.0' }, device };
  const screen = await user.signIn(qaller, { headers, bearer: service.keys.panel });
  keep('challenge token', screen.token.split('.')[2]);
  keep('wrong code', wrong(user.heard()));
  await screen.enter(wrong(user.heard()));
  keep('code', user.heard());
  const { result } = (await screen.enter(user.heard())).body;
  keep('result token', result.token.split('.')[2]);
  const redeem = { bearer: service.keys.panel, body: { token: result.token } };
  for (let i = 0; i < 2; i += 1) await service.call('POST', '/v1/results/redeem', redeem);
  const page = atSettings(service, { userId: user.userId, challengeId: screen.challenge.id });
  await page.addPush();
  keep('pushed code', service.google.codeFor(device.pushToken));
  const { codes } = (await page.makeCodes()).body;
  keep('recovery code', codes[0]);
  await (await user.signIn({ send: false })).prove({ recoveryCode: codes[0] });
}

/** Calls that name somebody, or are for nothing. */
async function askAbout(userId: string): Promise<void> {
  const { service } = traced;
  keep('another user id', userId);
  const path = `/v1/organizations/acme/users/${userId}`;
  await service.call('GET', path, { bearer: service.keys.panel });
  keep('path that is unknown', 'a-path-that-is-unknown');
  await service.call('GET', '/a-path-that-is-unknown');
}

test('whole logins, and failed ones, leave nothing personal and no secret in what is exported', async () => {
  const { service, collector, flush } = traced;
  await logIn();
  const { userId } = await failToLogIn(service, secrets);
  await askAbout(userId);
  keep('organization', 'acme');
  keep('API key', service.keys.panel);
  keep('secret of the API key', secretOf(service.keys.panel));
  keep('account of Twilio', service.twilio.requests.at(-1)?.path.split('/')[3]);
  await flush();
  expect(collector.spans.length).toBeGreaterThan(100);
  const text = collector.requests.map(({ text }) => withoutChance(text)).join('\n');
  expect(secrets.toldBy(text)).toEqual([]);
});

test('only known attributes are exported', () => {
  const names = traced.collector.spans.flatMap(({ attributes }) => Object.keys(attributes));
  expect([...new Set(names)].sort()).toEqual([
    'db.namespace',
    'db.operation.name',
    'db.stored_procedure.name',
    'db.system.name',
    'doublecheck.challenge.id',
    'doublecheck.problem',
    'doublecheck.provider',
    'error.type',
    'http.request.method',
    'http.response.status_code',
    'http.route',
    'server.address',
    'server.port',
    'url.scheme',
  ]);
});

test('what failed is told by a code or a class, never by a message', () => {
  const types = traced.collector.spans.flatMap(
    ({ attributes: { 'error.type': type } }) => type ?? [],
  );
  expect(types.length).toBeGreaterThan(2);
  for (const type of types) expect(type).toMatch(/^[\w-]+$/);
});

/** Four digits turn up by chance in ids, times and ports, which are no secrets. */
function withoutChance(text: string): string {
  return text
    .replace(/"(traceId|spanId|parentSpanId|\w+UnixNano)":"\w+"/g, '')
    .replace(/"intValue":\d+/g, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id');
}
