/** The truth about delivery: what Twilio tells of a call reaches the screen, and only ever forward. */
import { describe, expect, test } from '@jest/globals';
import {
  aPhone,
  enrolled,
  problem,
  type Service,
  somebody,
  startService,
  useService,
  wrong,
} from '../support/service.ts';
import { useEach } from '../support/use.ts';

const publicUrl = 'https://2fa.example/exchange';

const service = useService({ replicas: 2, env: { PUBLIC_URL: publicUrl } });
const user = useEach(() => enrolled(service));
const screen = useEach(() => user.signIn());

type Callback = ReturnType<Service['twilio']['callbackOf']>;

/** Twilio asks for the address that it has, as the proxy at `PUBLIC_URL` passes it on. */
async function post({ path, headers, payload }: Pick<Callback, 'path' | 'headers' | 'payload'>) {
  const url = path.replace('/exchange', '');
  const answer = await service.app.inject({ method: 'POST', url, headers, payload });
  return { status: answer.statusCode, body: answer.body ? answer.json() : null };
}

/** Twilio tells of a call: the user's last one, or the one with this sid. */
const tell = (status: string, call = user.phone) => post(service.twilio.callbackOf(call, status));

async function onScreen() {
  const { body } = await screen.look({ replica: 1 });
  return body.code;
}

const inMs = (later: string, earlier: string) => Date.parse(later) - Date.parse(earlier);

describe('how a call goes on', () => {
  test.each([
    ['ringing', 'ringing'],
    ['in-progress', 'answered'],
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('Twilio’s %s reaches the screen as %s, on any replica', async (status, delivery) => {
    expect(await tell(status)).toEqual({ status: 204, body: null });
    expect(await onScreen()).toMatchObject({ delivery });
  });

  test('it never goes back, in any order and number of reports', async () => {
    for (const status of ['in-progress', 'ringing', 'initiated', 'ringing', 'in-progress'])
      expect((await tell(status)).status).toBe(204);
    expect(await onScreen()).toMatchObject({ delivery: 'answered' });
    await tell('completed');
    for (const status of ['no-answer', 'busy', 'failed', 'in-progress']) await tell(status);
    expect(await onScreen()).toMatchObject({ delivery: 'completed' });
  });

  test('an unanswered call may be repeated at once, and its code stays valid', async () => {
    const before = await onScreen();
    expect(await screen.send()).toMatchObject(problem(429, 'resend-too-early'));
    await tell('no-answer');
    const { resendAt, expiresAt, sentAt } = await onScreen();
    expect(expiresAt).toBe(before.expiresAt);
    expect(inMs(resendAt, sentAt)).toBeLessThan(30_000);
    expect((await screen.send()).status).toBe(202);
  });

  test('the audit trail has a call that was not answered', async () => {
    await tell('busy');
    const { body } = await service.call(
      'GET',
      `/v1/organizations/acme/events?userId=${user.userId}`,
      {
        bearer: service.keys.panel,
      },
    );
    const { type, details } = body.items[0];
    expect({ type, details }).toEqual({
      type: 'code.failed',
      details: { method: 'call', hint: expect.any(String), provider: 'twilio', delivery: 'busy' },
    });
  });

  test('an app that set up a new factor sees it too', async () => {
    await screen.enter(user.heard());
    const enrolling = await somebody(service).signIn();
    await enrolling.addPhone(aPhone);
    await tell('ringing', aPhone);
    expect((await enrolling.look()).body.code).toMatchObject({ delivery: 'ringing' });
  });
});

describe('the 30 seconds of a call', () => {
  test('start when it is answered', async () => {
    const sent = await onScreen();
    expect(inMs(sent.expiresAt, sent.sentAt)).toBe(60_000);
    await service.advance(20_000);
    await tell('in-progress');
    const answered = await onScreen();
    expect(inMs(answered.expiresAt, answered.sentAt)).toBeGreaterThanOrEqual(50_000);
    expect(inMs(answered.expiresAt, answered.sentAt)).toBeLessThan(55_000);
    expect(inMs(answered.resendAt, answered.sentAt)).toBe(30_000);
    await service.advance(25_000);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('are over 30 seconds after the answer', async () => {
    await tell('in-progress');
    await service.advance(30_000);
    expect(await screen.enter(user.heard())).toMatchObject(problem(410, 'code-expired'));
  });

  test('end 60 seconds after sending at the latest', async () => {
    await service.advance(50_000);
    await tell('in-progress');
    await service.advance(10_000);
    expect(await screen.enter(user.heard())).toMatchObject(problem(410, 'code-expired'));
  });

  test('do not start again when Twilio or an attacker repeats the report', async () => {
    const callback = service.twilio.callbackOf(user.phone, 'in-progress');
    await post(callback);
    await service.advance(30_000);
    await post(callback);
    await tell('completed');
    expect(await screen.enter(user.heard())).toMatchObject(problem(410, 'code-expired'));
  });

  test('start with the end of the call where news of the answer was lost', async () => {
    await service.advance(5_000);
    await tell('completed');
    const { sentAt, expiresAt } = await onScreen();
    expect(inMs(expiresAt, sentAt)).toBeLessThan(40_000);
  });
});

describe('news that is not Twilio’s, or not of this call', () => {
  test.each([
    ['unsigned', (one: Callback) => ({ ...one, headers: without(one.headers) })],
    [
      'with another word in it',
      (one: Callback) => ({ ...one, payload: one.payload.replace('busy', 'failed') }),
    ],
    ['sent to another call’s address', (one: Callback) => ({ ...one, path: `${one.path}x` })],
  ])('%s is refused and changes nothing', async (_name, forge) => {
    const forged = forge(service.twilio.callbackOf(user.phone, 'busy'));
    expect(await post(forged)).toMatchObject({
      status: 403,
      body: { type: '/problems/forbidden' },
    });
    expect(await onScreen()).toMatchObject({ delivery: 'accepted' });
  });

  test('about another call than the code’s changes nothing', async () => {
    const sid = `CA${'0'.repeat(32)}`;
    await tell('ringing');
    const other = service.twilio.callbackOf(user.phone, 'in-progress', { CallSid: sid });
    expect((await post(other)).status).toBe(204);
    expect(await onScreen()).toMatchObject({ delivery: 'ringing' });
  });

  test('with a status that is not known is taken and changes nothing', async () => {
    expect((await tell('meditating')).status).toBe(204);
    expect(await onScreen()).toMatchObject({ delivery: 'accepted' });
  });

  test('of a challenge that is over is taken, so that Twilio does not ask again', async () => {
    await service.advance(700_000);
    expect((await tell('completed')).status).toBe(204);
  });

  test('is read as a form alone', async () => {
    const { path } = service.twilio.callbackOf(user.phone, 'busy');
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': 'x' };
    expect(await post({ path, headers, payload: '{}' })).toMatchObject({ status: 415 });
  });

  test('the address of a report does not reveal whose call it is', async () => {
    const { path } = service.twilio.callbackOf(user.phone, 'busy');
    const sealed = path.split('.').at(-1) ?? '';
    const bytes = Buffer.from(sealed, 'base64url');
    expect(bytes.toString('base64url')).toBe(sealed);
    const plain = bytes.toString('latin1');
    // What is short may be in base64url by chance, and would say nothing there.
    for (const secret of [user.userId, 'acme', user.phone, String(user.heard())])
      expect(plain).not.toContain(secret);
    for (const secret of [user.userId, user.phone]) expect(path).not.toContain(secret);
  });
});

describe('a call that still rings is ended', () => {
  const sidOf = () => service.twilio.sidOf(user.phone);
  /** Nobody waits for it: it is asked a moment after the answer. */
  const ended = (sid: string) => service.twilio.until(() => service.twilio.hangUps.includes(sid));

  test('when the login is cancelled', async () => {
    await tell('ringing');
    await screen.cancel();
    await ended(sidOf());
  });

  test('when a new code is asked for', async () => {
    const first = sidOf();
    await tell('ringing');
    await service.advance(60_000);
    expect((await screen.send()).status).toBe(202);
    await ended(first);
  });

  test('when the user is let in', async () => {
    await tell('ringing');
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    await ended(sidOf());
  });

  test('when Twilio reports it only after its code was replaced', async () => {
    const first = sidOf();
    await service.advance(60_000);
    await screen.send();
    await tell('ringing', first);
    await ended(first);
    expect(await onScreen()).toMatchObject({ delivery: 'accepted' });
  });

  test('but not an answered or finished call', async () => {
    const before = service.twilio.hangUps.length;
    await tell('in-progress');
    await screen.cancel();
    await tell('completed');
    const other = await user.signIn();
    await tell('completed');
    await other.enter(wrong(user.heard()));
    await other.enter(user.heard());
    const third = await user.signIn();
    await tell('ringing');
    await third.cancel();
    await ended(sidOf());
    expect(service.twilio.hangUps.slice(before)).toEqual([sidOf()]);
  });
});

test('a call that seemed to fail, but rings, is shown as ringing', async () => {
  service.twilio.answerWith('drop');
  await service.advance(60_000);
  expect(await screen.send()).toMatchObject(problem(502, 'delivery-failed'));
  service.twilio.answerWith('success');
  const lost = service.twilio.requests.at(-1)?.body ?? {};
  await post(service.twilio.callbackFor(lost, 'ringing'));
  const { delivery, resendAt, sentAt } = await onScreen();
  expect(delivery).toBe('ringing');
  expect(inMs(resendAt, sentAt)).toBe(30_000);
});

test('without PUBLIC_URL no report is asked for, none is read, and a code lives 30 seconds', async () => {
  const plain = await startService();
  try {
    await plain.organization({ policy: 'mandatory' });
    const login = await (await enrolled(plain)).signIn();
    const { sentAt, expiresAt } = login.challenge.code ?? { sentAt: '', expiresAt: '' };
    expect(inMs(expiresAt, sentAt)).toBe(30_000);
    expect(plain.twilio.requests.at(-1)?.body['StatusCallback']).toBeUndefined();
    const url = new URL(publicUrl).origin;
    const answer = await plain.app.inject({
      method: 'POST',
      url: `${url}/webhooks/twilio/calls/k1.x`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'CallStatus=busy',
    });
    expect(answer.statusCode).toBe(404);
  } finally {
    await plain.close();
  }
});

function without({ 'x-twilio-signature': _, ...headers }: Callback['headers']) {
  return headers as Callback['headers'];
}
