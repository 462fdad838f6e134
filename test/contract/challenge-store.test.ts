import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { prometheusMetrics } from '../../src/adapters/metrics/prometheus.ts';
import type {
  Challenge,
  ChallengePatch,
  ChallengeSnapshot,
  NewChallenge,
} from '../../src/domain/challenge/challenge.ts';
import { proofLeaseMs } from '../../src/domain/challenge/limits.ts';
import { afterEnd } from '../../src/domain/challenge/new-challenge.ts';
import { createdOf } from '../../src/domain/challenge/open-challenge.ts';
import { endedMemoryMs } from '../../src/domain/limits.ts';
import type { Budget, ChallengeStore } from '../../src/domain/ports.ts';
import { ageRedis } from '../support/age-redis.ts';
import {
  aChallenge,
  aCode,
  aFreshCode,
  aGuess,
  aStored,
  createIn,
  tally,
} from '../support/challenges.ts';
import { inTurn, storeHarnesses, useRedisStores, useStores } from '../support/stores.ts';

const lifetimeMs = 600_000;

describe.each(storeHarnesses)('challenges kept in %s', (_name, open) => {
  const { harness, store } = useStores(open);

  async function create(fields: Partial<NewChallenge> = {}): Promise<ChallengeSnapshot> {
    return createIn(store, aChallenge(fields), lifetimeMs);
  }

  /** A change of the challenge as it is at a version. */
  const change = (at: Challenge, version: number, patch: ChallengePatch) =>
    store.change({ ...at, version }, patch);

  async function withCode(lifeMs = 30_000): Promise<ChallengeSnapshot['challenge']> {
    const { challenge, now } = await create();
    const code = aCode(now, { lifeMs });
    const changed = await change(challenge, 1, { code, attemptsRemaining: 5 });
    return standing(changed);
  }

  function guess(at: ChallengeSnapshot['challenge'], mac: string, codeId = at.code?.id ?? 'none') {
    return store.look(at, aGuess(mac, codeId));
  }

  async function outcomesOfManyAtOnce(at: ChallengeSnapshot['challenge'], macs: string[]) {
    const codeId = at.code?.id ?? 'none';
    const looks = macs.map((mac, i) => inTurn(harness.replicas, i).look(at, aGuess(mac, codeId)));
    return tally((await Promise.all(looks)).map((look) => look?.outcome));
  }

  test('it comes back as it was put in, with its times by the clock of the store', async () => {
    const fresh = aChallenge({
      device: { id: 'd-1', platform: 'android', pushToken: 'é"\n\0{}' },
      pending: { id: 'f-2', method: 'push', address: 'Qaller' },
      language: 'nl-NL',
      minimumVersion: '',
    });
    const { challenge, now } = await createIn(store, fresh, lifetimeMs);
    expect(challenge).toEqual({
      ...fresh,
      version: 1,
      createdAt: now,
      expiresAt: now + lifetimeMs,
    });
    expect((await store.read(fresh))?.challenge).toEqual(challenge);
  });

  test('one that is there is not made again until it has expired', async () => {
    const { challenge } = await create();
    const verified = { method: 'call', factorId: 'f-1' };
    const changed = standing(await change(challenge, 1, { verified }));
    const fresh = aChallenge({ id: challenge.id });
    for (const replica of harness.replicas)
      expect(await replica.create(fresh, { lifetimeMs })).toMatchObject({
        outcome: 'known',
        challenge: changed,
      });
    await harness.advance(lifetimeMs);
    const { challenge: anew, now } = await createIn(store, fresh, lifetimeMs);
    expect(anew).toEqual({ ...fresh, version: 1, createdAt: now, expiresAt: now + lifetimeMs });
  });

  test('it matches the change to the millisecond', async () => {
    const { challenge, now } = await create({
      pending: { id: 'f', method: 'call', address: '+1' },
    });
    const patch = {
      pending: null,
      code: aCode(now),
      verified: { method: 'call', factorId: 'f-1' },
      outcome: 'approved' as const,
      approval: { resultId: 'r', amr: [], at: 1_999_999_999_999, resultExpiresAt: now + 60_001 },
      redeemedBy: 'a',
    };
    const changed = standing(await change(challenge, 1, patch));
    expect(changed).toEqual({ ...challenge, ...patch, version: 2 });
    expect((await store.read(challenge))?.challenge).toEqual(changed);
  });

  test('only its own organization, user and id lead to it', async () => {
    const { challenge } = await create();
    expect(await store.read({ ...challenge, organizationId: 'other' })).toBeNull();
    expect(await store.read({ ...challenge, userId: '43' })).toBeNull();
    expect(await store.read({ ...challenge, id: 'other' })).toBeNull();
    expect(await store.read(challenge)).not.toBeNull();
  });

  test('nothing is changed or guessed where no challenge is', async () => {
    const nowhere = aStored();
    expect(await change(nowhere, 1, { redeemedBy: 'a' })).toBeNull();
    expect(await store.look(nowhere, aGuess('right'))).toBeNull();
    expect(await store.read(nowhere)).toBeNull();
  });

  test('a fresh code gets its times by the clock of the store', async () => {
    const { challenge } = await create();
    const fresh = aFreshCode({ id: 'c', lifeMs: 60_000, resendAfterMs: 30_000 });
    const changed = await store.change(challenge, { code: fresh });
    const { lifeMs, resendAfterMs, ...fields } = fresh;
    const sentAt = changed?.now ?? 0;
    const times = { sentAt, expiresAt: sentAt + 60_000, resendAt: sentAt + 30_000 };
    expect(standing(changed).code).toEqual({ ...fields, ...times });
    expect((await store.read(challenge))?.challenge).toEqual(standing(changed));
    const { challenge: another, now } = await create({ code: fresh, codeIds: ['c'] });
    expect(another.code).toEqual({
      ...fields,
      sentAt: now,
      expiresAt: now + 60_000,
      resendAt: now + 30_000,
    });
    expect((await store.read(another))?.challenge).toEqual(another);
  });

  test('a change that came too late learns how the challenge is now', async () => {
    const { challenge } = await create();
    const first = await change(challenge, 1, { codeIds: ['c'] });
    const late = await change(challenge, 1, { codeIds: ['d'] });
    expect(late?.challenge).toEqual(first?.challenge);
  });

  test('a look tells how the challenge is now, also when others changed it meanwhile', async () => {
    const before = await withCode();
    const changed = standing(await store.change(before, { codeIds: ['c'] }));
    const look = await guess(before, 'wrong');
    const counted = { version: changed.version + 1, attemptsRemaining: 4, wrongGuesses: 1 };
    expect(look?.challenge).toEqual({ ...changed, ...counted });
    expect((await store.read(before))?.challenge).toEqual(look?.challenge);
  });

  test('the result is hidden, and what it was made of is gone', async () => {
    const { challenge, now } = await create();
    const approval = { resultId: 'r', amr: ['pwd'], at: now, resultExpiresAt: now + 60_000 };
    const verified = { method: 'call', factorId: 'f-1' };
    const patch = { ...afterEnd, outcome: 'approved' as const, approval, verified };
    const approved = standing(await store.change(challenge, patch));
    await store.hideResult(challenge, 'a');
    const hidden = {
      approval: null,
      verified: null,
      redeemedBy: 'a',
      version: approved.version + 1,
    };
    expect((await store.read(challenge))?.challenge).toEqual({ ...approved, ...hidden });
    await store.hideResult(aChallenge(), 'a');
  });

  describe('what a new challenge takes', () => {
    const window = { limit: 3, windowMs: 60_000 };
    const starts = { window, budget: null };
    const started = (challenge: NewChallenge) => store.create(challenge, { lifetimeMs, starts });
    const budgetOf = (userId: string, limit: number, name = 'codes'): Budget => ({
      name,
      subject: userId,
      user: { organizationId: 'acme', userId },
      windows: [{ limit, windowMs: 60_000 }],
    });
    const outcomes = (all: { outcome: string }[]) => tally(all.map(({ outcome }) => outcome));

    test('of 40 at once, as many are started as there may be, and none of another user is refused', async () => {
      const userId = randomUUID();
      const all = Array.from({ length: 40 }, (_, i) =>
        inTurn(harness.replicas, i).create(aChallenge({ userId }), { lifetimeMs, starts }),
      );
      expect(outcomes(await Promise.all(all))).toEqual({ created: 3, starts: 37 });
      expect((await started(aChallenge({ userId: randomUUID() }))).outcome).toBe('created');
    });

    test('a refusal stores nothing, and tells when there is room', async () => {
      const userId = randomUUID();
      for (let i = 0; i < 3; i += 1) await started(aChallenge({ userId }));
      await harness.advance(20_000);
      const refused = aChallenge({ userId });
      const { retryAfterMs } = (await started(refused)) as { retryAfterMs: number };
      expect(retryAfterMs).toBeGreaterThan(30_000);
      expect(retryAfterMs).toBeLessThanOrEqual(40_000);
      expect(await store.read(refused)).toBeNull();
      await harness.advance(retryAfterMs);
      expect((await started(refused)).outcome).toBe('created');
    });

    test('of 40 at once with a code, as many are created as each budget has room, and nothing else is taken', async () => {
      const userId = randomUUID();
      const budgets = [budgetOf(userId, 5), budgetOf(userId, 4, 'unapproved')];
      const all = await Promise.all(
        Array.from({ length: 40 }, (_, i) => {
          const code = aFreshCode();
          const take = { budgets, member: code.id };
          const challenge = aChallenge({ userId, code, codeIds: [code.id] });
          return inTurn(harness.replicas, i).create(challenge, { lifetimeMs, take });
        }),
      );
      expect(outcomes(all)).toEqual({ created: 4, codes: 36 });
      expect(await harness.quotas.take([budgetOf(userId, 5)], randomUUID())).toBeNull();
      expect(await harness.quotas.take([budgetOf(userId, 5)], randomUUID())).not.toBeNull();
    });

    test('one that is known takes nothing', async () => {
      const userId = randomUUID();
      const take = { budgets: [budgetOf(userId, 1)], member: 'c' };
      const { challenge } = await create({ userId });
      const again = aChallenge({ userId, id: challenge.id });
      expect((await store.create(again, { lifetimeMs, starts, take })).outcome).toBe('known');
      expect((await store.create(aChallenge({ userId }), { lifetimeMs, take })).outcome).toBe(
        'created',
      );
    });

    test('a change gives back what it names, when it is made', async () => {
      const userId = randomUUID();
      const budgets = [budgetOf(userId, 1)];
      const take = { budgets, member: 'c' };
      const begun = createdOf(
        { metrics: prometheusMetrics() },
        await store.create(aChallenge({ userId }), { lifetimeMs, take }),
      );
      const giveBack = { budgets, members: ['c', 'never taken'] };
      await store.change({ ...begun.challenge, version: 9 }, { codeIds: [] }, { giveBack });
      expect(await harness.quotas.take(budgets, 'd')).not.toBeNull();
      await store.change(begun.challenge, { codeIds: [] }, { giveBack });
      expect(await harness.quotas.take(budgets, 'd')).toBeNull();
    });
  });

  test('a change against an old version changes nothing', async () => {
    const { challenge } = await create();
    const moved = await change(challenge, 1, { codeIds: ['c'] });
    expect(
      await change(challenge, 1, {
        codeIds: [],
        verified: { method: 'call', factorId: 'f-1' },
      }),
    ).toMatchObject({ changed: false });
    expect(await change(challenge, 3, { codeIds: [] })).toMatchObject({ changed: false });
    expect((await store.read(challenge))?.challenge).toEqual(standing(moved));
  });

  test('of many changes at once against one version, one is made', async () => {
    const { challenge } = await create();
    const changes = Array.from({ length: 50 }, (_, i) =>
      inTurn(harness.replicas, i).change(challenge, { codeIds: [`c${i}`] }),
    );
    const results = await Promise.all(changes);
    expect(results.filter((result) => result?.changed === false)).toHaveLength(49);
    expect((await store.read(challenge))?.challenge.version).toBe(2);
  });

  test('a guess moves the version, so that a change decided before it is a conflict', async () => {
    const before = await withCode();
    await guess(before, 'wrong');
    expect(await change(before, before.version, { attemptsRemaining: 5 })).toMatchObject({
      changed: false,
    });
    await guess(before, 'right');
    expect((await store.read(before))?.challenge.version).toBe(before.version + 2);
  });

  test('a wrong guess costs an attempt and is counted', async () => {
    const before = await withCode();
    const look = await guess(before, 'wrong');
    expect(look?.outcome).toBe('wrong');
    expect(look?.challenge).toEqual({
      ...before,
      attemptsRemaining: 4,
      wrongGuesses: 1,
      version: before.version + 1,
    });
  });

  test('a right guess keeps the code to itself, and costs no attempt', async () => {
    const before = await withCode();
    const attempt = aGuess('right', before.code?.id);
    const look = await store.look(before, attempt);
    expect(look?.outcome).toBe('right');
    const proof = { codeId: before.code?.id, attemptId: attempt.attemptId, at: look?.now };
    expect(look?.challenge).toEqual({ ...before, proof, version: before.version + 1 });
    for (const mac of ['right', 'wrong']) {
      const next = await guess(before, mac);
      expect(next?.outcome).toBe('taken');
      expect(next?.challenge).toEqual(look?.challenge);
    }
  });

  test('a right guess with a lost answer is right again, only for the same attempt', async () => {
    const before = await withCode();
    const attempt = aGuess('right', before.code?.id);
    const first = await store.look(before, attempt);
    await harness.advance(25_000);
    const again = await store.look(before, attempt);
    expect(again?.outcome).toBe('right');
    expect(again?.challenge.version).toBe(first?.challenge.version);
    const liar = { ...attempt, mac: 'wrong' };
    expect((await store.look(before, liar))?.outcome).toBe('wrong');
  });

  test('a right guess without an approval frees the code again, for one of many', async () => {
    const before = await withCode();
    await guess(before, 'right');
    await harness.advance(proofLeaseMs);
    const macs = Array.from({ length: 50 }, () => 'right');
    expect(await outcomesOfManyAtOnce(before, macs)).toEqual({ right: 1, taken: 49 });
    await harness.advance(proofLeaseMs);
    expect((await guess(before, 'wrong'))?.challenge).toMatchObject({ attemptsRemaining: 4 });
  });

  test('the fifth guess may still be the right one', async () => {
    const before = await withCode();
    for (const mac of ['a', 'b', 'c', 'd']) await guess(before, mac);
    expect((await guess(before, 'right'))?.outcome).toBe('right');
  });

  test('after five wrong guesses the right code is not looked at', async () => {
    const before = await withCode();
    for (const mac of ['a', 'b', 'c', 'd', 'e']) await guess(before, mac);
    const look = await guess(before, 'right');
    expect(look?.outcome).toBe('exhausted');
    expect(look?.challenge).toMatchObject({ attemptsRemaining: 0, wrongGuesses: 5 });
  });

  test('200 guesses at once look at exactly five', async () => {
    const before = await withCode();
    const macs = Array.from({ length: 200 }, (_, i) => `wrong ${i}`);
    expect(await outcomesOfManyAtOnce(before, macs)).toEqual({ wrong: 5, exhausted: 195 });
    expect((await store.read(before))?.challenge).toMatchObject({
      attemptsRemaining: 0,
      wrongGuesses: 5,
      version: before.version + 5,
    });
  });

  test('200 right codes at once earn exactly one "right"', async () => {
    const before = await withCode();
    const macs = Array.from({ length: 200 }, () => 'right');
    expect(await outcomesOfManyAtOnce(before, macs)).toEqual({ right: 1, taken: 199 });
    expect((await store.read(before))?.challenge).toMatchObject({ wrongGuesses: 0 });
  });

  test('guesses too many delete nothing', async () => {
    const before = await withCode();
    for (const mac of ['a', 'b', 'c', 'd', 'e']) await guess(before, mac);
    const used = await store.read(before);
    const macs = Array.from({ length: 20 }, () => 'right');
    expect(await outcomesOfManyAtOnce(before, macs)).toEqual({ exhausted: 20 });
    expect((await store.read(before))?.challenge).toEqual(used?.challenge);
    expect(used?.challenge.code).toEqual(before.code);
  });

  describe('a watcher of a challenge', () => {
    /** Nothing has been told of it: a change before the watch could arrive late. */
    async function untold() {
      return (await create({ code: aFreshCode(), attemptsRemaining: 5 })).challenge;
    }

    /** Resolves when each of three replicas has reported a change. */
    async function toldEverywhere(
      at: ChallengeSnapshot['challenge'],
      change: () => Promise<unknown>,
    ) {
      const waits = harness.replicas.map(async (replica) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const stop = await replica.watch(at, resolve);
        return promise.finally(stop);
      });
      const listening = harness.replicas.map((replica) => replica.watch(at, () => {}));
      const stops = await Promise.all(listening);
      await change();
      await Promise.all(waits);
      for (const stop of stops) stop();
    }

    test('gets a change, a wrong guess and the end, on any replica', async () => {
      const at = await untold();
      await toldEverywhere(at, () => store.change(at, { codeIds: ['c'] }));
      await toldEverywhere(at, () => guess(at, 'wrong'));
      await toldEverywhere(at, () => store.forgetUser(at));
    });

    test('gets nothing of a change that no screen shows', async () => {
      const at = await untold();
      let told = 0;
      const stop = await inTurn(harness.replicas, 0).watch(at, () => {
        told += 1;
      });
      const unseen = standing(await store.change(at, { codeIds: ['c'] }, { unseen: true }));
      await toldEverywhere(at, () => store.change(unseen, { codeIds: ['d'] }));
      expect(told).toBe(1);
      stop();
    });

    test('gets nothing of other challenges, and nothing after it has stopped', async () => {
      const [at, other] = [await untold(), await untold()];
      let told = 0;
      const stop = await store.watch(at, () => {
        told += 1;
      });
      await toldEverywhere(other, () => guess(other, 'wrong'));
      const before = told;
      stop();
      await toldEverywhere(at, () => guess(at, 'wrong'));
      expect([before, told]).toEqual([0, 0]);
    });
  });

  test('a guess at a superseded code is not looked at and costs nothing', async () => {
    const before = await withCode();
    const look = await guess(before, 'right', 'an-older-code');
    expect(look?.outcome).toBe('superseded');
    expect(look?.challenge).toEqual(before);
  });

  test('an expired code is not looked at and costs nothing', async () => {
    const before = await withCode();
    await harness.advance(25_000);
    expect((await guess(before, 'wrong'))?.outcome).toBe('wrong');
    await harness.advance(5_000);
    const look = await guess(before, 'right');
    expect(look?.outcome).toBe('expired');
    expect(look?.challenge).toMatchObject({ attemptsRemaining: 4, wrongGuesses: 1 });
  });

  test('a code is looked at until its very last millisecond, and not in the next', async () => {
    const { challenge, now } = await create();
    const code = aCode(now, { id: 'c', lifeMs: 10 });
    await change(challenge, 1, { code, attemptsRemaining: 1_000_000 });
    let look: Awaited<ReturnType<typeof guess>>;
    do {
      look = await guess(challenge, 'wrong', 'c');
      const late = (look?.now ?? 0) >= code.expiresAt;
      expect(look?.outcome).toBe(late ? 'expired' : 'wrong');
    } while (look?.outcome === 'wrong');
  });

  test('a new code gives new attempts but keeps the count of wrong guesses', async () => {
    const before = await withCode();
    for (const mac of ['a', 'b', 'c', 'd', 'e']) await guess(before, mac);
    const { challenge: seen, now } = (await store.read(before)) ?? { challenge: before, now: 0 };
    const renewal = { code: aCode(now, { mac: 'new' }), attemptsRemaining: 5 };
    const renewed = standing(await store.change(seen, renewal));
    expect(renewed).toMatchObject({ attemptsRemaining: 5, wrongGuesses: 5 });
    expect((await guess(before, 'right'))?.outcome).toBe('superseded');
    expect((await guess(renewed, 'right'))?.challenge.wrongGuesses).toBe(6);
    expect((await guess(renewed, 'new'))?.outcome).toBe('right');
  });

  test('past its end it is still known for a minute, then forgotten', async () => {
    const { challenge } = await create();
    await harness.advance(lifetimeMs + endedMemoryMs - 5_000);
    const late = await store.read(challenge);
    expect(late?.now).toBeGreaterThanOrEqual(late?.challenge.expiresAt ?? Infinity);
    await harness.advance(5_000);
    expect(await store.read(challenge)).toBeNull();
    expect(await change(challenge, 1, { redeemedBy: 'a' })).toBeNull();
    expect(await store.look(challenge, aGuess('m'))).toBeNull();
  });

  test('one that has ended is stored 15 minutes from then, whatever changes later', async () => {
    const { challenge } = await create();
    const ended = standing(await store.change(challenge, { outcome: 'approved' }, { ends: true }));
    await store.change(ended, { redeemedBy: 'a' });
    await harness.advance(895_000);
    expect((await store.read(challenge))?.challenge.redeemedBy).toBe('a');
    await harness.advance(5_000);
    expect(await store.read(challenge)).toBeNull();
  });

  test('one that ends as it is created is stored 15 minutes', async () => {
    const { challenge } = await create({ outcome: 'upgrade_required' });
    await harness.advance(895_000);
    expect(await store.read(challenge)).not.toBeNull();
    await harness.advance(5_000);
    expect(await store.read(challenge)).toBeNull();
  });

  test('its id alone finds it, on any replica', async () => {
    const user = { organizationId: 'é"{}', userId: '42}{' };
    const id = store.idFor(user, randomUUID());
    expect(await store.find(id)).toBeNull();
    const { challenge } = await create({ ...user, id });
    for (const replica of harness.replicas)
      expect((await replica.find(id))?.challenge).toEqual(challenge);
    for (const other of [
      store.idFor(user, randomUUID()),
      `${id}A`,
      id.slice(1),
      '',
      'a'.repeat(43),
    ])
      expect(await store.find(other)).toBeNull();
    await store.forgetUser(user);
    expect(await store.find(id)).toBeNull();
  });

  test('the same seed gives the same id, of the same user', () => {
    const seed = randomUUID();
    const ids = ['1', '1', '2'].map((userId) => store.idFor({ organizationId: 'o', userId }, seed));
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toMatch(/^[\w-]{1,64}$/);
  });

  test('those of a user in one lane that are open are found together', async () => {
    const userId = randomUUID();
    const open = [await create({ userId }), await create({ userId })];
    const ended = await create({ userId });
    await store.change(ended.challenge, { outcome: 'cancelled' }, { ends: true });
    await create({ userId, outcome: 'upgrade_required' });
    await create({ userId, lane: 'device-1' });
    await create({ userId: randomUUID() });
    const found = await store.openIn({ organizationId: 'acme', userId }, 'strangers');
    const ids = ({ challenge }: ChallengeSnapshot) => challenge.id;
    expect(found.map(ids).sort()).toEqual(open.map(ids).sort());
    expect(found.map(({ challenge }) => challenge)).toContainEqual(open[0]?.challenge);
    await harness.advance(lifetimeMs);
    expect(await store.openIn({ organizationId: 'acme', userId }, 'strangers')).toEqual([]);
  });

  test('all those of a user are erased at once, and none of another user', async () => {
    const userId = 'to be forgotten';
    const { challenge } = await create({ userId });
    const old = await create({ userId });
    await change(challenge, 1, { outcome: 'approved' });
    await harness.advance(lifetimeMs + endedMemoryMs);
    const recent = await create({ userId });
    const others = [await create(), await create({ userId, organizationId: 'other' })];
    expect(await store.read(old.challenge)).toBeNull();
    await store.forgetUser({ organizationId: 'acme', userId });
    await store.forgetUser({ organizationId: 'acme', userId });
    expect(await store.read(challenge)).toBeNull();
    expect(await store.read(recent.challenge)).toBeNull();
    for (const { challenge } of others) expect(await store.read(challenge)).not.toBeNull();
    const again = await create({ userId });
    expect(await store.read(again.challenge)).not.toBeNull();
  });

  test('what goes in and what comes out are copies', async () => {
    const device = { id: 'd-1', platform: 'ios', pushToken: 'before' };
    const { challenge } = await create({ device });
    device.pushToken = 'after';
    if (challenge.device) challenge.device.pushToken = 'after';
    const code = aCode(0);
    const changed = standing(await change(challenge, 1, { code }));
    code.mac = 'after';
    if (changed.code) changed.code.mac = 'after';
    const seen = await store.read(challenge);
    expect(seen?.challenge.device?.pushToken).toBe('before');
    expect(seen?.challenge.code?.mac).toBe('right');
  });

  test('it answers', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });
});

describe('what Redis holds', () => {
  const harness = useRedisStores();

  async function longestLife(keys = '*:challenge:*'): Promise<number> {
    const lives = await Promise.all(
      (await harness.redis.keys(keys)).map((key) => harness.redis.pttl(key)),
    );
    expect(lives.filter((life) => life <= 0)).toEqual([]);
    return Math.max(...lives);
  }

  test('every key has a time to live, no longer than asked for', async () => {
    const { store } = harness;
    const { challenge, now } = await createIn(store, aChallenge(), lifetimeMs);
    expect(await longestLife()).toBeLessThanOrEqual(lifetimeMs + endedMemoryMs);
    await store.change(challenge, { code: aCode(now, { id: 'c' }), attemptsRemaining: 5 });
    await store.look(challenge, aGuess('wrong'));
    await store.look(challenge, aGuess('right'));
    expect(await longestLife()).toBeLessThanOrEqual(lifetimeMs + endedMemoryMs);
    await store.change({ ...challenge, version: 4 }, { outcome: 'approved' }, { ends: true });
    expect(await longestLife()).toBeLessThanOrEqual(900_000);
    expect(await longestLife()).toBeGreaterThan(890_000);
    await store.hideResult(challenge, 'a');
    expect(await longestLife()).toBeGreaterThan(890_000);
    expect(await longestLife('*')).toBeLessThanOrEqual(lifetimeMs + endedMemoryMs);
  });

  const keyOf = async ({ id }: { id: string }) => {
    const [key = ''] = await harness.redis.keys(`*:challenge:${id}`);
    return key;
  };

  test('the keys of one user share a slot, for any ids', async () => {
    await harness.redis.flushdb();
    for (const userId of ['}{', '}{', 'é\0']) {
      await createIn(harness.store, aChallenge({ userId }), 1_000);
    }
    const keys = await harness.redis.keys('*');
    const ours = /^dc:\{[\w-]{22}\}:(challenge:[\w-]{36}|started)$/;
    expect(keys.filter((key) => !ours.test(key))).toEqual([]);
    expect(new Set(keys.map((key) => key.slice(0, 28))).size).toBe(2);
  });

  test('the ids of a user’s challenges are stored at least as long as these, and no longer than they can be', async () => {
    await harness.redis.flushdb();
    const { store } = harness;
    const { challenge } = await createIn(store, aChallenge(), lifetimeMs);
    await ageRedis(harness.redis, lifetimeMs - 5_000);
    await store.change(challenge, { outcome: 'approved' }, { ends: true });
    const recent = await createIn(store, aChallenge(), lifetimeMs);
    const [started = ''] = await harness.redis.keys('*:started');
    const ids = () => harness.redis.zrange(started, '0', '-1');
    expect(await ids()).toEqual([challenge.id, recent.challenge.id]);
    await ageRedis(harness.redis, endedMemoryMs + 5_000);
    const latest = await createIn(store, aChallenge(), lifetimeMs);
    expect(await ids()).toEqual([recent.challenge.id, latest.challenge.id]);
    await ageRedis(harness.redis, lifetimeMs + endedMemoryMs);
    expect(await harness.redis.keys('*')).toEqual([]);
  });

  test('a code that was replaced leaves no trace of the guesses at it', async () => {
    const { store } = harness;
    const { challenge, now } = await createIn(store, aChallenge(), lifetimeMs);
    const lookedAt = async () => {
      const fields = await harness.redis.hkeys(`${await keyOf(challenge)}`);
      return fields.filter((field) => field.startsWith('look:')).length;
    };
    await store.change(challenge, { code: aCode(now, { id: 'c' }), attemptsRemaining: 5 });
    for (const mac of ['x', 'y']) await store.look(challenge, aGuess(mac));
    const { challenge: guessed } = (await store.read(challenge)) ?? { challenge };
    const told = { ...aCode(now, { id: 'c' }), callId: 'CA1' };
    const same = standing(await store.change(guessed, { code: told }));
    expect(await lookedAt()).toBe(2);
    await store.change(same, { code: aCode(now, { id: 'd' }) });
    expect(await lookedAt()).toBe(0);
  });

  test('a redeemed one needs a third of what it needed', async () => {
    const { store } = harness;
    const fields = { appVersion: '3.2.0', device: { id: 'd', platform: 'ios', pushToken: 'p' } };
    const { challenge, now } = await createIn(store, aChallenge(fields), lifetimeMs);
    const code = aCode(now, { id: 'c', mac: 'm'.repeat(43) });
    const sent = standing(await store.change(challenge, { code, attemptsRemaining: 5 }));
    const key = await keyOf(challenge);
    const bytes = async () => Number(await harness.redis.memory('USAGE', key, 'SAMPLES', 0));
    const before = await bytes();
    const approval = { resultId: randomUUID(), amr: ['pwd'], at: now, resultExpiresAt: now };
    const verified = { method: 'call', factorId: randomUUID() };
    await store.change(sent, { ...afterEnd, outcome: 'approved', approval, verified });
    await store.hideResult(challenge, 'a'.repeat(43));
    expect(before).toBeGreaterThan(1_500);
    expect(await bytes()).toBeLessThan(600);
  });

  test('nothing of a user who is forgotten', async () => {
    await harness.redis.flushdb();
    const device = { id: 'd', platform: 'ios', pushToken: 'p' };
    for (let i = 0; i < 20; i++) await createIn(harness.store, aChallenge({ device }), lifetimeMs);
    await harness.store.forgetUser({ organizationId: 'acme', userId: '42' });
    expect(await harness.redis.keys('*')).toEqual([]);
  });

  test('the tests make it older by moving every time in it, and only times', async () => {
    const { store } = harness;
    const { challenge, now } = await createIn(store, aChallenge(), lifetimeMs);
    const approval = { resultId: 'r', amr: ['pwd'], at: now, resultExpiresAt: now + 60_000 };
    const code = aCode(now);
    await store.change(challenge, { code, approval });
    await harness.redis.set('a-counter', '7', 'PX', 50_000);
    await harness.redis.set('a-short-one', '7', 'PX', 10_000);
    await ageRedis(harness.redis, 10_000);
    const older = aCode(now - 10_000, { id: code.id });
    expect((await store.read(challenge))?.challenge).toEqual({
      ...challenge,
      version: 2,
      createdAt: now - 10_000,
      expiresAt: now - 10_000 + lifetimeMs,
      code: older,
      approval: { ...approval, at: now - 10_000, resultExpiresAt: now + 50_000 },
    });
    expect(await harness.redis.mget('a-counter', 'a-short-one')).toEqual(['7', null]);
    expect(await harness.redis.pttl('a-counter')).toBeLessThanOrEqual(40_000);
  });
});

function standing(changed: Awaited<ReturnType<ChallengeStore['change']>>): Challenge {
  if (!changed?.changed) throw new Error('not changed');
  return changed.challenge;
}
