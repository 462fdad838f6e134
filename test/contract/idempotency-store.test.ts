/** Requests with an idempotency key: one of many does the work, and all hear the same. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { redisIdempotencyStore } from '../../src/adapters/redis/idempotency-store.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import type { IdempotencyStore, StoredResponse } from '../../src/domain/ports.ts';
import { ageRedis } from '../support/age-redis.ts';
import { randomSecret } from '../support/service.ts';
import { inTurn, storeHarnesses, useRedisStores, useStores } from '../support/stores.ts';

const answer: StoredResponse = {
  status: 429,
  contentType: 'application/problem+json',
  retryAfterSeconds: 7,
  body: '{"é":"\\n"}',
};

const aRequest = (key = randomUUID() as string, challengeId: string | null = null) => ({
  key,
  attemptId: randomUUID(),
  challengeId,
});

/** That the next claim of the key is the first that is known. */
async function expectNew(requests: IdempotencyStore, { key }: { key: string }, asked = 'body') {
  const next = aRequest(key);
  expect(await requests.claim(next, asked)).toEqual({ state: 'claimed', first: next.attemptId });
}

describe.each(storeHarnesses)('requests in %s', (_name, open) => {
  const { harness, requests } = useStores(open);

  test('of many at once one claims, on however many replicas; the others are to wait', async () => {
    const { key } = aRequest();
    const asked = Array.from({ length: 100 }, (_, i) =>
      inTurn(harness.requests, i).claim(aRequest(key), 'body'),
    );
    const states = await Promise.all(asked);
    expect(states.filter(({ state }) => state === 'claimed')).toHaveLength(1);
    expect(states.filter(({ state }) => state === 'under-way')).toHaveLength(99);
  });

  test('an attempt that has to wait learns how long: 20 seconds at most', async () => {
    const request = aRequest();
    const since = performance.now();
    await requests.claim(request, 'body');
    await harness.advance(5_000);
    const waiting = await requests.claim(aRequest(request.key), 'body');
    const { retryAfterMs } = waiting as { retryAfterMs: number };
    // Clocks are read in whole milliseconds.
    expect(retryAfterMs).toBeGreaterThan(14_990 - (performance.now() - since));
    expect(retryAfterMs).toBeLessThanOrEqual(15_000);
    await harness.advance(15_000);
    await expectNew(requests, request);
  });

  test('what was answered is answered again, to the letter, with its age', async () => {
    const request = aRequest();
    await requests.claim(request, 'body');
    await requests.complete(request, answer);
    await harness.advance(3_000);
    for (const replica of harness.requests) {
      const again = await replica.claim(aRequest(request.key), 'body');
      expect(again).toMatchObject({ state: 'answered', answer });
      const { ageMs } = again as { ageMs: number };
      expect(ageMs).toBeGreaterThanOrEqual(3_000);
      expect(ageMs).toBeLessThan(10_000);
    }
  });

  test('an answer is stored for 10 minutes', async () => {
    const request = aRequest();
    await requests.claim(request, 'body');
    await requests.complete(request, answer);
    await harness.advance(595_000);
    expect(await requests.claim(aRequest(request.key), 'body')).toMatchObject({ answer });
    await harness.advance(5_000);
    await expectNew(requests, request);
  });

  test('another body is recognized, during the work and after it', async () => {
    const request = aRequest();
    await requests.claim(request, 'body');
    const other = () => requests.claim(aRequest(request.key), 'another');
    expect(await other()).toEqual({ state: 'other-body' });
    await requests.complete(request, answer);
    expect(await other()).toEqual({ state: 'other-body' });
    expect(await requests.claim(aRequest(request.key), 'body')).toMatchObject({ answer });
  });

  test('an attempt that did not hear that it has the request finds its own claim', async () => {
    const request = aRequest();
    await requests.claim(request, 'body');
    for (const replica of harness.requests)
      expect(await replica.claim(request, 'body')).toEqual({
        state: 'claimed',
        first: request.attemptId,
      });
    expect(await requests.claim(aRequest(request.key), 'body')).toMatchObject({
      state: 'under-way',
    });
    expect(await requests.claim(request, 'another')).toEqual({ state: 'other-body' });
    await requests.complete(request, answer);
    expect(await requests.claim(request, 'body')).toMatchObject({ state: 'answered', answer });
  });

  test('a released claim leaves the work to the next attempt', async () => {
    const request = aRequest();
    await requests.claim(request, 'body');
    await requests.release(request);
    await harness.advance(595_000);
    for (const replica of harness.requests) {
      const next = aRequest(request.key);
      expect(await replica.claim(next, 'body')).toEqual({
        state: 'claimed',
        first: request.attemptId,
      });
      await replica.release(next);
    }
  });

  test('10 minutes after it gave up, an attempt is not known any more', async () => {
    const request = aRequest();
    await requests.claim(request, 'body');
    await requests.release(request);
    await harness.advance(600_000);
    await expectNew(requests, request);
  });

  test('with another body it is no attempt at the same', async () => {
    const request = aRequest();
    await requests.claim(request, 'body');
    await requests.release(request);
    await expectNew(requests, request, 'another');
  });

  test('what did nothing is forgotten', async () => {
    const request = aRequest();
    await requests.claim(request, 'body');
    await requests.forget(request);
    await expectNew(requests, request);
  });

  test('an attempt whose claim expired changes nothing for the next one', async () => {
    const [dead, next] = [aRequest(), aRequest()];
    next.key = dead.key;
    await requests.claim(dead, 'body');
    await harness.advance(20_000);
    await requests.claim(next, 'body');
    await requests.release(dead);
    await requests.forget(dead);
    await requests.complete(dead, answer);
    expect(await requests.claim(aRequest(dead.key), 'body')).toMatchObject({ state: 'under-way' });
    const own = { ...answer, status: 200 };
    await requests.complete(next, own);
    expect(await requests.claim(aRequest(dead.key), 'body')).toMatchObject({ answer: own });
  });
});

describe.each(storeHarnesses)('the answers of one challenge in %s', (_name, open) => {
  const { harness } = useStores(open);

  const isStored = async (request: ReturnType<typeof aRequest>) => {
    const again = aRequest(request.key, request.challengeId);
    const { state } = await inTurn(harness.requests, 1).claim(again, 'body');
    await inTurn(harness.requests, 1).release(again);
    return state === 'answered';
  };

  async function complete(challengeId: string | null, number: number, body: string) {
    const all = Array.from({ length: number }, () => aRequest(undefined, challengeId));
    for (const [i, request] of all.entries()) {
      await inTurn(harness.requests, i).claim(request, 'body');
      await inTurn(harness.requests, i).complete(request, { ...answer, body });
      await harness.advance(1);
    }
    const stored = await Promise.all(all.map(isStored));
    return stored.lastIndexOf(false) + 1;
  }

  test('are 48 at most: the oldest goes first', async () => {
    expect(await complete(randomUUID(), 60, '{}')).toBe(12);
  });

  test('have 128 KiB at most together', async () => {
    const gone = await complete(randomUUID(), 20, 'x'.repeat(10_000));
    expect(gone).toBeGreaterThanOrEqual(7);
    expect(gone).toBeLessThanOrEqual(11);
  });

  test('leave those of a client alone, which has no limit', async () => {
    expect(await complete(null, 60, '{}')).toBe(0);
  });
});

describe('in Redis', () => {
  const harness = useRedisStores();

  const [first, second] = [randomSecret('k1'), randomSecret('k2')];

  test('neither a code that was entered nor a token that was answered can be read', async () => {
    const request = aRequest();
    const requests = redisIdempotencyStore(harness.redis, sealing([first]));
    await requests.claim(request, '{"code":"01234567"}');
    await requests.complete(request, { ...answer, body: 'a-secret-token' });
    const [key = ''] = await harness.redis.keys('*');
    const kept = JSON.stringify(await harness.redis.hgetall(key));
    expect(kept).not.toMatch(/01234567|a-secret-token|code/);
  });

  test('a change of secrets neither loses an answer nor takes its request for another', async () => {
    const request = aRequest();
    const before = redisIdempotencyStore(harness.redis, sealing([first]));
    await before.claim(request, 'body');
    await before.complete(request, answer);
    const after = redisIdempotencyStore(harness.redis, sealing([second, first]));
    expect(await after.claim(aRequest(request.key), 'body')).toMatchObject({ answer });
    expect(await after.claim(aRequest(request.key), 'x')).toEqual({ state: 'other-body' });
    await ageRedis(harness.redis, 600_000);
    expect(await harness.redis.keys('*')).toEqual([]);
  });
});
