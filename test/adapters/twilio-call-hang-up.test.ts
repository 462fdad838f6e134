/** A call whose code is worthless need not ring on. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aMessage, callsThrough, keptLog } from '../support/fakes/channels.ts';
import type { Failure } from '../support/fakes/tls.ts';
import { startFakeTwilio } from '../support/fakes/twilio.ts';
import { boundMs } from '../support/limits.ts';

let twilio: Awaited<ReturnType<typeof startFakeTwilio>>;
beforeAll(async () => {
  twilio = await startFakeTwilio();
});
afterAll(() => twilio.close());
beforeEach(() => {
  twilio.answerWith('success');
  twilio.requests.length = 0;
  twilio.updates.length = 0;
});

const callId = `CA${'0'.repeat(32)}`;

test('ending a call is one request, that ends none that was answered', async () => {
  const log = keptLog();
  const calls = callsThrough(twilio, { log });
  const { callId: placed = '' } = await calls.deliver(aMessage());
  await calls.hangUp?.(placed);
  expect(twilio.hangUps).toEqual([placed]);
  expect(twilio.updates.map(({ method, text }) => [method, text])).toEqual([
    ['POST', 'Status=canceled'],
  ]);
  expect(twilio.requests).toHaveLength(1);
  expect(log.lines).toEqual([]);
});

test.each<Failure>([400, 404])(
  'a call that is over, or unknown (%s), is nothing to tell of',
  async (failure) => {
    twilio.answerWith(failure);
    const log = keptLog();
    await callsThrough(twilio, { log }).hangUp?.(callId);
    expect(twilio.updates).toHaveLength(1);
    expect(log.lines).toEqual([]);
  },
);

describe('when Twilio fails, it fails quietly, after one request', () => {
  test.each<Failure>([401, 429, 500, 503, 'drop', 'html', 'empty', 'huge', 'redirect'])(
    '%s',
    async (failure) => {
      twilio.answerWith(failure);
      const log = keptLog();
      await callsThrough(twilio, { log }).hangUp?.(callId);
      expect(twilio.updates).toHaveLength(1);
      expect(log.lines).toHaveLength(1);
      expect(log.lines[0]).toContain('the call could not be ended');
      expect(log.lines[0]).not.toContain(callId);
    },
  );

  test.each<Failure>(['hang', 'drip'])('%s, within the limit', async (failure) => {
    twilio.answerWith(failure);
    const log = keptLog();
    const started = performance.now();
    await callsThrough(twilio, { log, limitMs: 2_000 }).hangUp?.(callId);
    expect(performance.now() - started).toBeLessThan(boundMs);
    expect(log.lines).toHaveLength(1);
    expect(twilio.updates).toHaveLength(1);
  });

  test('a call that cannot be one, without a request', async () => {
    const log = keptLog();
    await callsThrough(twilio, { log }).hangUp?.('../../Accounts');
    expect(twilio.updates).toEqual([]);
    expect(log.lines).toHaveLength(1);
  });
});
