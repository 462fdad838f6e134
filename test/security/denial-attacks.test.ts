/**
 * The attacks on "it was not me": keys and tokens that nobody pressed, to shut an owner out. Each attack is also tried on a
 * build without the protection, where it has to succeed: so it is a real one.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readRef } from '../../src/adapters/code-ref.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import type { CodeRef, KeyPress, ReportMessage } from '../../src/domain/ports.ts';
import { accountSid, authToken } from '../support/fakes/twilio.ts';
import { callTo } from '../support/key-first.ts';
import {
  enrolled,
  problem,
  randomSecret,
  type Service,
  somebody,
  useService,
} from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';

const secrets = [randomSecret('k1')] as const;
const env = { PUBLIC_URL: 'https://2fa.example' };
const built = useService({ env, secrets });
const broken = useService({ env, secrets });

const sealed = sealing(secrets);
const words = { code: () => '', question: '', end: '', denied: 'denied' };

/** The code in an address, whoever signed the message. */
function believedKey({ reference, fields }: ReportMessage): KeyPress {
  const [text] = JSON.parse(sealed.open(reference, ['callback', 'twilio-key']));
  const key = fields['Digits'] ?? '';
  const denied = key === '9';
  return { ref: readRef(text) as CodeRef, callId: '', denied, wanted: false, answers: words };
}

/** A replica that believes each key, and each token that can be read. */
beforeAll(() => {
  const [deps] = broken.deps;
  const channel = deps?.channels.get('call');
  if (!deps || !channel) throw new Error('no replica');
  channel.readKey = async (message) => believedKey(message);
  deps.denyTokens.read = (token) =>
    readRef(Buffer.from(token.split('.').at(-1) ?? '', 'base64url').toString());
});

const builds: [name: string, service: Service, succeeds: boolean][] = [
  ['the service', built, false],
  ['a build that believes everybody', broken, true],
];

async function someoneWithApp(service: Service) {
  const user = await enrolled(service);
  return { user, screen: await user.signIn() };
}

const deny = (service: Service, token: string) =>
  service.call('POST', '/v1/challenge/deny', { body: { token } });

describe.each(builds)('on %s', (_name, service, succeeds) => {
  /** Whether the owner is shut out: their login has ended, or a new one has no code. */
  async function isShutOut({ user, screen }: Awaited<ReturnType<typeof someoneWithApp>>) {
    const ended = (await screen.look()).body.endReason === 'denied';
    return ended && (await user.signIn()).challenge.noCode?.reason === 'denied';
  }

  test('a 9 that Twilio did not sign', async () => {
    const owner = await someoneWithApp(service);
    const { press } = callTo(service, owner.user.phone);
    for (const token of ['', 'guess', `${authToken}x`]) await press('9', token);
    expect(await isShutOut(owner)).toBe(succeeds);
  });

  test('a 9 whose signature is of another key', async () => {
    const owner = await someoneWithApp(service);
    const { action } = callTo(service, owner.user.phone);
    const { default: twilio } = await import('twilio');
    const CallSid = service.twilio.sidOf(owner.user.phone);
    const signed = { AccountSid: accountSid, CallSid, Digits: '1' };
    await service.inject(0, {
      method: 'POST',
      url: new URL(action).pathname,
      headers: {
        'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, action, signed),
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({ ...signed, Digits: '9' }).toString(),
    });
    expect(await isShutOut(owner)).toBe(succeeds);
  });

  test('a token that somebody wrote', async () => {
    const owner = await someoneWithApp(service);
    const { id } = owner.screen.challenge;
    const named = JSON.stringify(['acme', owner.user.userId, id, 'a code', null]);
    const written = Buffer.from(named).toString('base64url');
    for (const token of [written, `k1.2.${written}`, `k1.${written}`]) await deny(service, token);
    expect(await isShutOut(owner)).toBe(succeeds);
  });
});

describe('nothing is denied', () => {
  const unauthenticated = problem(401, 'unauthenticated');

  async function withToken() {
    const user = somebody(built);
    const device = { id: 'd', platform: 'ios', pushToken: `attacked-${user.userId}` };
    const first = await user.signIn({ device });
    await first.addPush();
    await first.enter(built.google.codeFor(device.pushToken));
    await first.skip();
    const screen = await user.signIn();
    const { denyToken } = built.google.requests.at(-1)?.body.message.data ?? { denyToken: '' };
    return { user, screen, denyToken };
  }

  test('by a token that is altered in any place, or is something else of ours', async () => {
    const { screen, denyToken } = await withToken();
    const altered = [...denyToken].map((sign, at) => {
      const other = sign === 'A' ? 'B' : 'A';
      return denyToken.slice(0, at) + other + denyToken.slice(at + 1);
    });
    const person = await enrolled(built);
    await person.signIn();
    const { action, callback } = callTo(built, person.phone);
    const references = [action, callback].map((url) => /calls\/([^/]+)/.exec(url)?.[1] ?? '');
    const all = [...altered, ...references, screen.token, 'x', `${denyToken}.x`];
    for (const token of all) expect(await deny(built, token)).toMatchObject(unauthenticated);
    expect((await screen.look()).body.status).toBe('verify');
  });

  test('by a token of a service with other secrets', async () => {
    const { denyToken } = await withToken();
    const [deps] = built.deps;
    const other = sealing([randomSecret('k1')]);
    const ref = deps?.denyTokens.read(denyToken);
    const { denyTokens } = await import('../../src/adapters/deny-tokens.ts');
    expect(ref).not.toBeNull();
    if (ref) expect(await deny(built, denyTokens(other).make(ref))).toMatchObject(unauthenticated);
  });

  test('a second time, by a key or a token from before, when a denial was lifted', async () => {
    const [{ user, screen, denyToken }, caller] = [await withToken(), await enrolled(built)];
    await caller.signIn();
    const { press } = callTo(built, caller.phone);
    expect((await deny(built, denyToken)).status).toBe(204);
    expect((await press('9')).status).toBe(200);
    for (const { userId } of [user, caller]) {
      const admin = { userId, actor: 'admin', bearer: built.keys.panel };
      expect((await atSettings(built, admin).unlock()).status).toBe(204);
    }
    const [next, called] = [await user.signIn(), await caller.signIn()];
    expect((await deny(built, denyToken)).status).toBe(204);
    expect((await press('9')).status).toBe(200);
    for (const one of [next, called]) expect((await one.look()).body.code).not.toBeNull();
    expect((await screen.look()).body.endReason).toBe('denied');
  });

  test('by a 9 after the challenge’s life', async () => {
    const user = await enrolled(built);
    await user.signIn();
    const { press } = callTo(built, user.phone);
    await built.advance(10 * 60_000);
    const next = await user.signIn();
    expect((await press('9')).status).toBe(200);
    expect((await next.look()).body.code).not.toBeNull();
  });
});
