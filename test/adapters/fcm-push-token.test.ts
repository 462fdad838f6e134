/** The access token for Google is had once by all who need it, and never when it is of no use. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { aMessage, pushesThrough } from '../support/fakes/channels.ts';
import { onlyDates } from '../support/fakes/clocks.ts';
import { startFakeGoogle } from '../support/fakes/google.ts';
import type { Failure } from '../support/fakes/tls.ts';
import { boundMs } from '../support/limits.ts';

let google: Awaited<ReturnType<typeof startFakeGoogle>>;
beforeEach(async () => {
  google = await startFakeGoogle();
});
afterEach(async () => {
  jest.useRealTimers();
  await google.close();
});

const accepted = { delivery: 'accepted' };

test('twenty first messages at once fetch one', async () => {
  const pushes = pushesThrough(google);
  const sending = Array.from({ length: 20 }, () => pushes.deliver(aMessage()));
  expect(await Promise.all(sending)).toEqual(Array(20).fill(accepted));
  expect(google.requests).toHaveLength(40);
  expect(google.tokenRequests).toHaveLength(1);
});

test('later messages use the one there is', async () => {
  const pushes = pushesThrough(google);
  await pushes.deliver(aMessage());
  await pushes.deliver(aMessage());
  expect(google.requests[3]?.headers.authorization).toBe('Bearer fake-token');
  expect(google.tokenRequests).toHaveLength(1);
});

test('one that is about to expire is fetched anew, once', async () => {
  onlyDates();
  const pushes = pushesThrough(google);
  await pushes.deliver(aMessage());
  jest.setSystemTime(Date.now() + 3_590_000);
  const sending = Array.from({ length: 5 }, () => pushes.deliver(aMessage()));
  expect(await Promise.all(sending)).toEqual(Array(5).fill(accepted));
  expect(google.tokenRequests).toHaveLength(2);
});

test.each<Failure>([
  400,
  401,
  429,
  500,
  503,
  'hang',
  'drip',
  'drop',
  'html',
  'empty',
  'huge',
  'redirect',
])(
  '%s instead of one: that delivery fails within the limit, the next one works',
  async (failure) => {
    const pushes = pushesThrough(google, { limitMs: 4_000 });
    google.answerTokensWith(failure);
    const started = performance.now();
    expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'not-placed' });
    expect(performance.now() - started).toBeLessThan(boundMs);
    expect(google.requests).toHaveLength(0);
    google.answerTokensWith('success');
    expect(await pushes.deliver(aMessage())).toEqual(accepted);
  },
);
