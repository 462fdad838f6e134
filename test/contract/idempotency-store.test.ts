/** Requests with an idempotency key: one of many does the work, and all hear the same. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { redisIdempotencyStore } from '../../src/adapters/redis/idempotency-store.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import type { IdempotencyStore, StoredResponse } from '../../src/domain/ports.ts';
import { freshRedis } from '../support/servers.ts';
import { randomSecret } from '../support/service.ts';
import { ageRedis, inTurn, type StoreHarness, storeHarnesses } from '../support/stores.ts';

const answer: StoredResponse = {
  status: 429,
  contentType: 'application/problem+json',
  retryAfterSeconds: 7,
  body: '{"é":"\\n"}',
};

const aRequest = (key = randomUUID() as string) => ({ key, by: randomUUID() });

describe.each(storeHarnesses)('requests kept in %s', (_name, open) => {
  let harness: StoreHarness;
  let requests: IdempotencyStore;

  beforeAll(async () => {
    harness = await open();
    requests = harness.requests[0] as IdempotencyStore;
  });
  afterAll(() => harness.close());

  test('of many at once one begins, on however many replicas; the others are to wait', async () => {
    const { key } = aRequest();
    const begins = Array.from({ length: 100 }, (_, i) =>
      inTurn(harness.requests, i).begin(aRequest(key), 'body'),
    );
    const states = await Promise.all(begins);
    expect(states.filter(({ state }) => state === 'begun')).toHaveLength(1);
    expect(states.filter(({ state }) => state === 'under-way')).toHaveLength(99);
  });

  test('who is to wait is told until when: 20 seconds at most', async () => {
    const request = aRequest();
    await requests.begin(request, 'body');
    await harness.advance(5_000);
    const waiting = await requests.begin(aRequest(request.key), 'body');
    const { retryAfterMs } = waiting as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(14_000);
    expect(retryAfterMs).toBeLessThanOrEqual(15_000);
    await harness.advance(15_000);
    expect(await requests.begin(aRequest(request.key), 'body')).toEqual({ state: 'begun' });
  });

  test('what was answered is answered again, to the letter, with its age', async () => {
    const request = aRequest();
    await requests.begin(request, 'body');
    await requests.finish(request, answer);
    await harness.advance(3_000);
    for (const replica of harness.requests) {
      const again = await replica.begin(aRequest(request.key), 'body');
      expect(again).toMatchObject({ state: 'answered', answer });
      const { ageMs } = again as { ageMs: number };
      expect(ageMs).toBeGreaterThanOrEqual(3_000);
      expect(ageMs).toBeLessThan(10_000);
    }
  });

  test('an answer is kept for 10 minutes, and then forgotten', async () => {
    const request = aRequest();
    await requests.begin(request, 'body');
    await requests.finish(request, answer);
    await harness.advance(595_000);
    expect(await requests.begin(aRequest(request.key), 'body')).toMatchObject({ answer });
    await harness.advance(5_000);
    expect(await requests.begin(aRequest(request.key), 'body')).toEqual({ state: 'begun' });
  });

  test('another body is told apart, under way and answered', async () => {
    const request = aRequest();
    await requests.begin(request, 'body');
    const other = () => requests.begin(aRequest(request.key), 'another');
    expect(await other()).toEqual({ state: 'other-body' });
    await requests.finish(request, answer);
    expect(await other()).toEqual({ state: 'other-body' });
    expect(await requests.begin(aRequest(request.key), 'body')).toMatchObject({ answer });
  });

  test('who gives up leaves the work to the next', async () => {
    const request = aRequest();
    await requests.begin(request, 'body');
    await requests.abandon(request);
    expect(await requests.begin(aRequest(request.key), 'body')).toEqual({ state: 'begun' });
  });

  test('who was taken for dead changes nothing for who came after', async () => {
    const [dead, next] = [aRequest(), aRequest()];
    next.key = dead.key;
    await requests.begin(dead, 'body');
    await harness.advance(20_000);
    await requests.begin(next, 'body');
    await requests.abandon(dead);
    await requests.finish(dead, answer);
    expect(await requests.begin(aRequest(dead.key), 'body')).toMatchObject({ state: 'under-way' });
    const own = { ...answer, status: 200 };
    await requests.finish(next, own);
    expect(await requests.begin(aRequest(dead.key), 'body')).toMatchObject({ answer: own });
  });
});

describe('in Redis', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = new Redis(await freshRedis());
  });
  afterAll(() => redis.quit());

  const [first, second] = [randomSecret('k1'), randomSecret('k2')];

  test('neither a code that was entered nor a token that was answered can be read', async () => {
    const request = aRequest();
    const requests = redisIdempotencyStore(redis, sealing([first]));
    await requests.begin(request, '{"code":"0123"}');
    await requests.finish(request, { ...answer, body: 'a-token' });
    const [key = ''] = await redis.keys('*');
    const kept = JSON.stringify(await redis.hgetall(key));
    expect(kept).not.toMatch(/0123|a-token|code/);
  });

  test('a change of secrets neither loses an answer nor takes its request for another', async () => {
    const request = aRequest();
    const before = redisIdempotencyStore(redis, sealing([first]));
    await before.begin(request, 'body');
    await before.finish(request, answer);
    const after = redisIdempotencyStore(redis, sealing([second, first]));
    expect(await after.begin(aRequest(request.key), 'body')).toMatchObject({ answer });
    expect(await after.begin(aRequest(request.key), 'x')).toEqual({ state: 'other-body' });
    await ageRedis(redis, 600_000);
    expect(await redis.keys('*')).toEqual([]);
  });
});
