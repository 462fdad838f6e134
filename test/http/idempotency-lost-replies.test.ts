/** An Idempotency-Key must not keep its owner out when Redis stands still or a reply is lost. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Network, startNetwork } from '../support/network.ts';
import { type Server, startRedis } from '../support/servers.ts';
import { enrolled, type Service, startService } from '../support/service.ts';

let redis: Server;
let network: Network;
let service: Service;

beforeEach(async () => {
  redis = await startRedis();
  network = await startNetwork(Number(new URL(redis.url).port));
  service = await startService({ redisUrl: `redis://127.0.0.1:${network.port}` });
  await service.organization({ policy: 'mandatory' });
});
afterEach(async () => {
  await service.close();
  await network.close();
  await redis.stop();
});

/** Asks once, and again until it is done, once all is `well`. Returns what was answered. */
async function untilDone(ask: () => Promise<{ status: number }>, well: () => unknown) {
  const statuses: number[] = [];
  while (statuses.length < 50) {
    const { status } = await ask();
    statuses.push(status);
    if (status < 300) return statuses;
    await well();
    await delay(100);
  }
  return statuses;
}

function logIn(userId: string, headers: Record<string, string>, well: () => unknown) {
  return untilDone(() => service.start({ userId, send: false }, { headers }), well);
}

const withKey = () => ({ 'idempotency-key': randomUUID() });

test('after a stall of Redis all get in, with a key as without one', async () => {
  redis.pause();
  const over = delay(700).then(() => redis.resume());
  const people = Array.from({ length: 20 }, (_, i) => logIn(`keyed-${i}`, withKey(), () => over));
  const others = Array.from({ length: 5 }, (_, i) => logIn(`other-${i}`, {}, () => over));
  const answers = await Promise.all([...people, ...others]);
  const last = answers.map((statuses) => statuses.at(-1));
  expect(last).toEqual(answers.map(() => 201));
});

test('a claim whose reply was lost is released: the retry does the work', async () => {
  network.become('reply lost');
  const statuses = await logIn('somebody', withKey(), () => network.become('well'));
  expect(statuses[0]).toBe(503);
  expect(statuses.at(-1)).toBe(201);
});

test('a right code with a key lets in as soon as Redis answers again', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const headers = withKey();
  redis.pause();
  const statuses = await untilDone(
    () => screen.enter(user.heard(), { headers }),
    () => redis.resume(),
  );
  expect(statuses[0]).toBe(503);
  expect(statuses.at(-1)).toBe(200);
});
