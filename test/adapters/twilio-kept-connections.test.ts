/**
 * Connections to Twilio are kept for seconds. No call is placed twice because of that, and none is lost
 * because a connection closed before the call's request.
 */
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { aMessage, callsThrough } from '../support/fakes/channels.ts';
import { onlyDates } from '../support/fakes/clocks.ts';
import { startFakeTwilio } from '../support/fakes/twilio.ts';
import { boundMs } from '../support/limits.ts';
import { type Cut, type End, startLine } from '../support/line.ts';
import { useEach } from '../support/use.ts';

const twilio = useEach(startFakeTwilio);
const line = useEach(() => startLine(twilio.connection.port));

const placedTo = (number: string) =>
  twilio.requests.filter(({ body }) => body['To'] === number).length;

let numbers = 0;
let surelyNot: string[] = [];

// A request may arrive after its call was given up.
afterEach(() => {
  const placed = twilio.requests.map(({ body }) => body['To'] ?? '');
  expect(placed.filter((number, index) => placed.indexOf(number) < index)).toEqual([]);
  expect(placed.filter((number) => surelyNot.includes(number))).toEqual([]);
  surelyNot = [];
});

/** The channel for calls over the line. Each call goes to another number. */
function aChannel(limitMs = boundMs) {
  const connection = { ...twilio.connection, port: line.port };
  const calls = callsThrough({ connection }, { limitMs });
  return {
    ...calls,
    async call() {
      numbers += 1;
      const number = `+316${String(numbers).padStart(8, '0')}`;
      const { delivery, callId } = await calls.deliver(aMessage({ address: number }));
      if (delivery === 'not-placed') surelyNot.push(number);
      return { delivery, callId, number, placed: placedTo(number) };
    },
  };
}

const placedOnce = expect.objectContaining({ delivery: 'accepted', placed: 1 });
const ends: End[] = ['closed', 'reset', 'half-closed'];

describe('a connection', () => {
  test('serves one request after the other', async () => {
    const calls = aChannel();
    for (let time = 0; time < 5; time += 1) {
      const { callId = '' } = await calls.call();
      await calls.hangUp?.(callId);
    }
    expect(twilio.requests).toHaveLength(5);
    expect(twilio.hangUps).toHaveLength(5);
    expect(line.counts).toMatchObject({ opened: 1, open: 1 });
  });

  test('resumes the TLS session of an earlier one', async () => {
    const calls = aChannel();
    await calls.call();
    await line.end('closed');
    await calls.call();
    expect(twilio.connections.map(({ resumed }) => resumed)).toEqual([false, true]);
  });

  test.each([
    ['that Twilio will close', { connection: 'close' }],
    ['that Twilio keeps for a second', { 'keep-alive': 'timeout=1' }],
  ])('%s is not used again', async (_, headers) => {
    twilio.answerWithHeaders(headers);
    const calls = aChannel();
    for (let time = 0; time < 3; time += 1) expect(await calls.call()).toEqual(placedOnce);
    expect(line.counts.opened).toBe(3);
  });

  test('is closed a second before Twilio would close it', async () => {
    twilio.answerWithHeaders({ 'keep-alive': 'timeout=2' });
    const calls = aChannel();
    await calls.call();
    const since = performance.now();
    await line.quiet();
    // Without that word of Twilio's it would be four seconds.
    expect(performance.now() - since).toBeLessThan(3_900);
    expect(await calls.call()).toEqual(placedOnce);
  });

  test('is used for a minute, however busy it is', async () => {
    onlyDates();
    const calls = aChannel();
    for (let half = 0; half < 4; half += 1) {
      expect(await calls.call()).toEqual(placedOnce);
      jest.setSystemTime(Date.now() + 30_000);
    }
    jest.useRealTimers();
    expect(line.counts.opened).toBe(2);
  });
});

describe('a connection that ends while it is idle costs no call', () => {
  test.each(ends)('%s', async (end) => {
    const calls = aChannel();
    for (let time = 0; time < 10; time += 1) {
      expect(await calls.call()).toEqual(placedOnce);
      await line.end(end);
    }
    expect(line.counts.opened).toBe(10);
  });

  test.each([0, 1])('at the last moment before the request (number %i of two)', async (place) => {
    const calls = aChannel();
    await Promise.all([calls.call(), calls.call()]);
    const calling = calls.call();
    await nextTurn();
    await line.end('reset', place);
    expect(await calling).toEqual(placedOnce);
    expect(line.counts).toMatchObject({ opened: 2, open: 1 });
  });

  test('with an answer that nobody asked for', async () => {
    const calls = aChannel();
    await calls.call();
    const [unasked] = twilio.connections;
    unasked?.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    if (unasked) await once(unasked.socket, 'finish');
    expect(await calls.call()).toEqual(placedOnce);
  });

  test('because Twilio restarts', async () => {
    const calls = aChannel();
    await calls.call();
    const gone = line.quiet();
    await twilio.close();
    await gone;
    expect(await calls.call()).toMatchObject({ delivery: 'not-placed' });
    const restarted = await startFakeTwilio();
    line.connectTo(restarted.connection.port);
    expect(await calls.call()).toMatchObject({ delivery: 'accepted' });
    expect(restarted.requests).toHaveLength(1);
    await restarted.close();
  });
});

describe('a connection that ends during a request leaves the call unknown, and it is not asked for again', () => {
  test.each(ends)('%s before Twilio reads it', async (end) => {
    const calls = aChannel();
    await calls.call();
    line.cutAt({ direction: 'up', bytes: 0, end });
    const { delivery, placed } = await calls.call();
    expect(delivery).toBe('failed');
    expect(placed).toBeLessThanOrEqual(1);
    expect(await calls.call()).toEqual(placedOnce);
    expect(line.counts).toMatchObject({ opened: 2, cuts: 1 });
  });

  test.each(ends)('%s before Twilio answers', async (end) => {
    const calls = aChannel();
    await calls.call();
    line.cutAt({ direction: 'down', bytes: 0, end });
    expect(await calls.call()).toMatchObject({ delivery: 'failed', placed: 1 });
    expect(await calls.call()).toEqual(placedOnce);
    expect(line.counts).toMatchObject({ opened: 2, cuts: 1 });
  });

  test('by our time limit, because Twilio is slow: the late answer is not taken for another', async () => {
    const calls = aChannel(1_000);
    await calls.call();
    twilio.answerWith('hang');
    expect(await calls.call()).toMatchObject({ delivery: 'failed', placed: 1 });
    twilio.answerWith('success');
    const { callId, number } = await calls.call();
    expect(callId).toBe(twilio.sidOf(number));
    expect(line.counts).toMatchObject({ opened: 2, open: 1 });
  });
});

describe('fifty calls at once', () => {
  const burst = (calls: ReturnType<typeof aChannel>, size = 50) =>
    Promise.all(Array.from({ length: size }, () => calls.call()));

  test('are placed once each, and some of their connections are kept', async () => {
    const calls = aChannel();
    expect(await burst(calls)).toEqual(Array.from({ length: 50 }, () => placedOnce));
    expect(await burst(calls, 20)).toEqual(Array.from({ length: 20 }, () => placedOnce));
    expect(line.counts).toMatchObject({ opened: 50, open: 20 });
  });

  test('are placed once or surely not, where Twilio takes only ten connections', async () => {
    const calls = aChannel();
    line.admit(10);
    const outcomes = await burst(calls);
    for (const { delivery, placed } of outcomes)
      expect([delivery, placed]).toEqual(placed ? ['accepted', 1] : ['not-placed', 0]);
    expect(outcomes.filter(({ placed }) => placed).length).toBeGreaterThan(0);
  });
});

describe('wherever the connection is cut', () => {
  const cuts = fc.record<Cut>({
    direction: fc.constantFrom('up', 'down'),
    bytes: fc.integer({ min: 0, max: 3_500 }),
    end: fc.constantFrom(...ends),
  });
  const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
  /** So few that the breaker stays closed. */
  const steps = fc.array(fc.record({ idle: maybe(fc.constantFrom(...ends)), cut: maybe(cuts) }), {
    minLength: 1,
    maxLength: 4,
  });

  const sound = ({ delivery, callId, number, placed }: Outcome) => {
    if (delivery === 'accepted') expect([placed, callId]).toEqual([1, twilio.sidOf(number)]);
    if (delivery === 'not-placed') expect(placed).toBe(0);
    expect(placed).toBeLessThanOrEqual(1);
  };

  test('no call is placed twice, none is told wrongly, and none is lost without a cut', async () => {
    const history = fc.asyncProperty(steps, async (given) => {
      const calls = aChannel();
      for (const { idle, cut } of given) {
        if (idle) await line.end(idle);
        const before = line.counts.cuts;
        line.cutAt(cut);
        const outcome = await calls.call();
        line.cutAt(null);
        sound(outcome);
        if (line.counts.cuts === before) expect(outcome).toEqual(placedOnce);
      }
      await line.end('closed');
    });
    await fc.assert(history, { numRuns: 60 });
  });

  test('the same holds for calls at once, some of which leave as the connections end', async () => {
    const sizes = fc.integer({ min: 1, max: 6 });
    const history = fc.asyncProperty(
      ...([sizes, sizes, fc.constantFrom(...ends), maybe(cuts)] as const),
      async (kept, asked, end, cut) => {
        const calls = aChannel();
        await Promise.all(Array.from({ length: kept }, () => calls.call()));
        line.cutAt(cut);
        const asking = Array.from({ length: asked }, () => calls.call());
        await line.end(end);
        for (const outcome of await Promise.all(asking)) sound(outcome);
        line.cutAt(null);
        await line.end('closed');
      },
    );
    await fc.assert(history, { numRuns: 30 });
  });
});

type Outcome = Awaited<ReturnType<ReturnType<typeof aChannel>['call']>>;
