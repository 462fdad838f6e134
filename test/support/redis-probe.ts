import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Cluster, Redis } from 'ioredis';
import { redisChallengeStore } from '../../src/adapters/redis/challenge-store.ts';
import { redisQuotas } from '../../src/adapters/redis/quotas.ts';
import type {
  Challenge,
  ChallengeRef,
  NewChallenge,
} from '../../src/domain/challenge/challenge.ts';
import type { Budget, Log } from '../../src/domain/ports.ts';
import { Problem } from '../../src/domain/problems.ts';
import { aChallenge, aCode, aGuess, aStored, createIn } from './challenges.ts';
import { testSealing } from './sealing.ts';

/** What is promised is a second; a machine that runs tests may be busy. A bound against hanging. */
const soonMs = 20_000;

/** How long Redis that is well again may take until it is of use. */
const recoveryMs = 40_000;

const budget: Budget = { name: 'b', subject: 's', windows: [{ limit: 5, windowMs: 60_000 }] };

export type Operation = () => Promise<unknown>;
export type Probe = ReturnType<typeof probe>;

/** The stores on one client, and all that can be asked of them. */
export function probe(client: Redis | Cluster) {
  const store = redisChallengeStore(client, testSealing);
  const quotas = redisQuotas(client);
  const look = (ref: ChallengeRef, mac: string) => store.look(aStored(ref), aGuess(mac));
  const ofUser = (ref: ChallengeRef): Operation[] => [
    () => createIn(store, aChallenge({ userId: ref.userId }), 600_000),
    () => store.change(aStored(ref, 2), { codeIds: ['c'] }),
    () => look(ref, 'right'),
  ];
  const writes = (ref: ChallengeRef): Operation[] => [
    ...ofUser(ref),
    () => quotas.take([budget, { ...budget, name: 'c' }], 'c'),
  ];
  const withCode = async (fields: Partial<NewChallenge> = {}): Promise<Challenge> => {
    const { challenge, now } = await createIn(store, aChallenge(fields), 600_000);
    const code = aCode(now, { id: 'c' });
    const after = await store.change(challenge, { code, attemptsRemaining: 1_000 });
    return after?.challenge ?? challenge;
  };
  return {
    client,
    store,
    look,
    withCode,
    /** All that writes what a user has. */
    ofUser,
    /** All that writes. */
    writes,
    /** Everything. */
    all: (ref: ChallengeRef): Operation[] => [
      ...writes(ref),
      () => store.read(ref),
      () => store.hideResult(ref, 'a'),
      () => store.forgetUser(ref),
      () => quotas.giveBack([budget], ['c']),
      () => store.ping(),
    ],
    /** How many guesses were counted. */
    counted: async (ref: ChallengeRef) => {
      const seen = await store.read(ref);
      return 1_000 - (seen?.challenge.attemptsRemaining ?? Number.NaN);
    },
    /** A user finishes their login. */
    works: async (fields: Partial<NewChallenge> = {}) => {
      const challenge = await withCode(fields);
      expect((await look(challenge, 'right'))?.outcome).toBe('right');
    },
  };
}

/** Each is refused as it should be, and all of them soon. */
export async function expectAllUnavailable(operations: Operation[]): Promise<void> {
  const from = performance.now();
  const refusals = await Promise.all(operations.map((operate) => refusalOf(operate())));
  expect(performance.now() - from).toBeLessThan(soonMs);
  for (const refusal of refusals) {
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({
      kind: { name: 'unavailable' },
      extra: { retryAfterMs: 1_000 },
    });
  }
}

export async function refusalOf(promise: Promise<unknown>): Promise<Problem> {
  return promise.then(
    (value) => {
      throw new Error(`answered ${JSON.stringify(value)}`);
    },
    (thrown) => thrown,
  );
}

/** Until it is answered; some refusals come at once, so it makes way for what mends them. */
export async function eventually<T>(call: () => Promise<T>, slowWorkMs = recoveryMs): Promise<T> {
  const end = performance.now() + slowWorkMs;
  for (;;) {
    try {
      return await call();
    } catch (thrown) {
      if (!Problem.is(thrown, 'unavailable') || performance.now() > end) throw thrown;
      await delay(20);
    }
  }
}

/** Until it is refused as unavailable. */
export async function untilUnavailable(call: Operation): Promise<void> {
  for (;;) {
    const thrown = await call().then(
      () => null,
      (reason: unknown) => reason,
    );
    if (Problem.is(thrown, 'unavailable')) return;
    if (thrown) throw thrown;
    await delay(20);
  }
}

/** Keeps the lines that go to it. */
export function lineLog() {
  const lines: string[] = [];
  const keep = (context: unknown, message: string) =>
    void lines.push(`${message} ${JSON.stringify(context)}`);
  const log: Log = { info: keep, warn: keep, error: keep };
  return { log, lines };
}
