/** Each device gets a push message once, also when Google fails or the SDK retries. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { leftAloneMs } from '../../src/adapters/channels/breaker.ts';
import { aMessage, keptLog, pushesThrough } from '../support/fakes/channels.ts';
import { onlyTimeouts } from '../support/fakes/clocks.ts';
import { startFakeGoogle } from '../support/fakes/google.ts';
import type { Failure } from '../support/fakes/tls.ts';
import { boundMs } from '../support/limits.ts';

let google: Awaited<ReturnType<typeof startFakeGoogle>>;
beforeEach(async () => {
  google = await startFakeGoogle();
  // The SDK is loaded here: that is not part of any limit.
  await pushesThrough(google).prepare?.();
});
afterEach(async () => {
  jest.useRealTimers();
  await google.close();
});

/** The devices that Google was asked to reach, as often as it was. */
const reached = () => google.requests.map(({ body }) => body.message.token).sort();
const both = ['first-phone', 'second-phone'];

const refusals: Failure[] = [400, 401, 404, 429, 503];
const everyFailure: Failure[] = [
  ...refusals,
  500,
  'hang',
  'drip',
  'drop',
  'html',
  'empty',
  'huge',
  'redirect',
];

test.each(everyFailure)(
  '%s: the delivery is over within the limit, each device was asked for once, no token is gone',
  async (failure) => {
    const pushes = pushesThrough(google, { limitMs: 1_500 });
    google.answerWith(failure);
    const started = performance.now();
    const delivery = refusals.includes(failure) ? 'not-placed' : 'failed';
    expect(await pushes.deliver(aMessage())).toEqual({ delivery });
    expect(performance.now() - started).toBeLessThan(boundMs);
    expect(reached()).toEqual(both);
    google.answerWith('success');
    google.requests.length = 0;
    expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'accepted' });
    expect(reached()).toEqual(both);
  },
);

test.each(everyFailure)('%s for one device: the other one is reached', async (failure) => {
  google.answerFor('first-phone', failure);
  const outcome = await pushesThrough(google, { limitMs: 1_500 }).deliver(aMessage());
  expect(outcome).toEqual({ delivery: 'accepted' });
  expect(reached()).toEqual(both);
});

test('a token that is gone is reported, also when the other device could not be reached', async () => {
  google.unregister('first-phone');
  google.answerWith(503);
  expect(await pushesThrough(google).deliver(aMessage())).toEqual({
    delivery: 'not-placed',
    goneTokens: ['first-phone'],
  });
});

test('an impostor without a trusted certificate gets nothing, and delays nothing', async () => {
  const { ca: _, ...connection } = google.connection;
  const pushes = pushesThrough({ ...google, connection }, { limitMs: 2_000 });
  expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'not-placed' });
  expect(google.requests).toEqual([]);
  expect(google.tokenRequests).toEqual([]);
});

test('nothing listens: the push is not placed', async () => {
  const connection = { host: '127.0.0.1', port: 1 };
  const pushes = pushesThrough({ ...google, connection });
  expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'not-placed' });
});

test('news of a change is sent once to each device too', async () => {
  google.answerWith(503);
  const { devices } = aMessage();
  const notice = { about: 'factor-added', hint: '316*****78', language: 'nl-NL', devices } as const;
  await pushesThrough(google).notify?.(notice);
  expect(reached()).toEqual(both);
});

describe('while Google fails', () => {
  test('a code fails at once, without a request; the next attempt reaches every device', async () => {
    onlyTimeouts();
    const log = keptLog();
    const pushes = pushesThrough(google, { log });
    google.answerWith(503);
    for (let push = 0; push < 5; push += 1) await pushes.deliver(aMessage());
    google.answerWith('success');
    google.requests.length = 0;
    log.lines.length = 0;
    expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'not-placed' });
    expect(google.requests).toEqual([]);
    expect(log.lines).toEqual([expect.stringContaining('no push message was sent')]);
    jest.advanceTimersByTime(leftAloneMs);
    expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'accepted' });
    expect(reached()).toEqual(both);
  });

  test('without access tokens it is left alone as well', async () => {
    const pushes = pushesThrough(google);
    google.answerTokensWith(401);
    for (let push = 0; push < 5; push += 1) await pushes.deliver(aMessage());
    google.answerTokensWith('success');
    expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'not-placed' });
    expect(google.tokenRequests).toHaveLength(5);
  });
});

test('a device that cannot be reached does not stop messages to the other', async () => {
  const pushes = pushesThrough(google);
  google.answerFor('first-phone', 503);
  for (let push = 0; push < 10; push += 1)
    expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'accepted' });
});

test('that one token is gone does not hide that Google fails', async () => {
  const pushes = pushesThrough(google);
  google.unregister('first-phone');
  google.answerWith(503);
  for (let push = 0; push < 6; push += 1) await pushes.deliver(aMessage());
  expect(google.requests).toHaveLength(10);
});

test('tokens that are gone do not stop messages to others', async () => {
  const pushes = pushesThrough(google);
  google.unregister('first-phone');
  google.unregister('second-phone');
  for (let push = 0; push < 10; push += 1) await pushes.deliver(aMessage());
  const other = { id: 'd-3', platform: 'ios', pushToken: 'third-phone' };
  const message = aMessage({ devices: [other] });
  expect(await pushes.deliver(message)).toEqual({ delivery: 'accepted' });
});
