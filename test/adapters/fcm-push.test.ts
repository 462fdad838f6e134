import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { denyTokens } from '../../src/adapters/deny-tokens.ts';
import { aMessage, keptLog, pushesThrough } from '../support/fakes/channels.ts';
import { onlyTimeouts } from '../support/fakes/clocks.ts';
import { startFakeGoogle } from '../support/fakes/google.ts';
import type { Answer, Failure } from '../support/fakes/tls.ts';
import { testSealing } from '../support/sealing.ts';
import { useEach } from '../support/use.ts';

const google = useEach(startFakeGoogle);

const sent = () => google.requests.map(({ body }) => body.message);

test('each device gets one message, whose visible text and data have the code', async () => {
  const message = aMessage({ code: '0456' });
  expect(await pushesThrough(google).deliver(message)).toEqual({ delivery: 'accepted' });
  expect(
    sent()
      .map(({ token }) => token)
      .sort(),
  ).toEqual(['first-phone', 'second-phone']);
  for (const { notification, data } of sent()) {
    expect(notification.body).toContain('0456');
    expect(data).toEqual({
      code: '0456',
      challengeId: message.ref.challenge.id,
      expiresAt: '2030-01-01T12:00:30.000Z',
      denyToken: expect.any(String),
    });
    expect(denyTokens(testSealing).read(data.denyToken)).toEqual(message.ref);
  }
});

describe('connections to Google', () => {
  const toOne = (pushToken: string) =>
    aMessage({ devices: [{ id: 'd-1', platform: 'android', pushToken }] });

  test('are kept for the next push', async () => {
    const pushes = pushesThrough(google);
    for (let time = 0; time < 3; time += 1)
      expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'accepted' });
    expect(sent()).toHaveLength(6);
    // For an access token, and for each of the two devices.
    expect(google.connections).toHaveLength(3);
  });

  test('cost no push when they end while they are idle, and each device still gets one', async () => {
    const pushes = pushesThrough(google);
    await pushes.deliver(aMessage());
    for (const { socket } of google.connections) socket.destroy();
    expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'accepted' });
    expect(sent()).toHaveLength(4);
  });

  test('end with the time limit of the push that uses them, not of an earlier one', async () => {
    onlyTimeouts();
    const pushes = pushesThrough(google, { limitMs: 5_000 });
    google.answerFor('busy', { status: 503, headers: { 'retry-after': '30' }, body: '{}' });
    const slow = Promise.withResolvers<Answer>();
    google.answerFor('slow', slow.promise);
    await pushes.deliver(toOne('first-phone'));
    const first = pushes.deliver(toOne('busy'));
    // The limit, and then the SDK's own wait for another attempt.
    while (jest.getTimerCount() < 2) await nextTurn();
    jest.advanceTimersByTime(1_000);
    const second = pushes.deliver(toOne('slow'));
    while (sent().length < 3) await nextTurn();
    jest.advanceTimersByTime(4_000);
    expect(await first).toEqual({ delivery: 'not-placed' });
    slow.resolve({ status: 200, body: '{"name":"projects/doublecheck-test/messages/1"}' });
    expect(await second).toEqual({ delivery: 'accepted' });
    expect(google.connections).toHaveLength(2);
    jest.useRealTimers();
  });
});

test('it is urgent, and worthless after the code has expired', async () => {
  await pushesThrough(google).deliver(aMessage());
  const [message] = sent();
  expect(message?.android).toMatchObject({ priority: 'high', ttl: '30s' });
  expect(message?.apns.headers).toMatchObject({
    'apns-priority': '10',
    'apns-expiration': String(Date.parse('2030-01-01T12:00:30Z') / 1000),
  });
});

test('a later code replaces an earlier one on the screen', async () => {
  const channel = pushesThrough(google);
  await channel.deliver(aMessage({ code: '0001' }));
  await channel.deliver(aMessage({ code: '0002' }));
  const slots = sent().map(({ android, apns }) => [
    android.collapse_key,
    android.notification.tag,
    apns.headers['apns-collapse-id'],
  ]);
  expect(new Set(slots.flat())).toEqual(new Set([slots[0]?.[0]]));
  expect(slots[0]?.[0]).toMatch(/^[\w-]{1,64}$/);
});

test.each([
  ['nl-BE', 'Je code is'],
  ['en-US', 'Your code is'],
  ['de-AT', 'Dein Code'],
  ['fr', 'Votre code'],
  ['es-MX', 'Tu código'],
  ['sv-SE', 'Your code is'],
])('a user who reads %s is told "%s"', async (language, words) => {
  await pushesThrough(google).deliver(aMessage({ language, voiceLanguage: 'nl-NL' }));
  expect(sent()[0]?.notification.body).toContain(words);
});

test('PUSH_SHOW_CODE=false keeps the code out of the visible text, not out of the data', async () => {
  await pushesThrough(google, { pushShowCode: false }).deliver(aMessage({ code: '4711' }));
  expect(JSON.stringify(sent()[0]?.notification)).not.toContain('4711');
  expect(sent()[0]?.notification.body).not.toBe('');
  expect(google.codeFor('first-phone')).toBe('4711');
});

describe('a token that is gone', () => {
  test('is reported, and the other devices still get their message', async () => {
    google.unregister('first-phone');
    expect(await pushesThrough(google).deliver(aMessage())).toEqual({
      delivery: 'accepted',
      goneTokens: ['first-phone'],
    });
    expect(google.codeFor('second-phone')).toBe('0123');
  });

  test('of the only device makes the delivery fail', async () => {
    google.unregister('first-phone');
    const message = aMessage({ devices: aMessage().devices.slice(0, 1) });
    expect(await pushesThrough(google).deliver(message)).toEqual({
      delivery: 'not-placed',
      goneTokens: ['first-phone'],
    });
  });
});

describe('when Google fails', () => {
  test('no devices: the delivery has failed', async () => {
    const outcome = await pushesThrough(google).deliver(aMessage({ devices: [] }));
    expect(outcome).toEqual({ delivery: 'not-placed' });
    expect(google.requests).toHaveLength(0);
  });

  test.each<Failure>([400, 500, 'html', 'redirect'])(
    '%s: the log says so with neither code nor token',
    async (failure) => {
      google.answerWith(failure);
      const log = keptLog();
      await pushesThrough(google, { log }).deliver(aMessage({ code: '73917391' }));
      expect(log.lines).toHaveLength(2);
      expect(log.lines[0]).toContain('"provider":"fcm"');
      expect(log.lines.join()).not.toMatch(/73917391|phone|PRIVATE/);
    },
  );
});
