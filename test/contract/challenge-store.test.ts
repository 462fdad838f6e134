import { describe, expect, test } from '@jest/globals';
import type { ChallengeSnapshot, NewChallenge } from '../../src/domain/challenge/challenge.ts';
import { proofLeaseMs } from '../../src/domain/challenge/limits.ts';
import { ageRedis } from '../support/age-redis.ts';
import { aChallenge, aCode, aGuess, tally } from '../support/challenges.ts';
import { inTurn, storeHarnesses, useRedisStores, useStores } from '../support/stores.ts';

const lifetimeMs = 600_000;
const graceMs = 60_000;
const accountMs = 3_600_000;

describe.each(storeHarnesses)('challenges kept in %s', (_name, open) => {
  const { harness, store } = useStores(open);

  async function create(fields: Partial<NewChallenge> = {}): Promise<ChallengeSnapshot> {
    const challenge = aChallenge(fields);
    return store.create(challenge, lifetimeMs);
  }

  async function withCode(lifeMs = 30_000): Promise<ChallengeSnapshot['challenge']> {
    const { challenge, now } = await create();
    const code = aCode(now, { lifeMs });
    const changed = await store.change(challenge, 1, { code, attemptsRemaining: 5 });
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
    const { challenge, now } = await store.create(fresh, lifetimeMs);
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
    const changed = standing(await store.change(challenge, 1, { verified }));
    const fresh = aChallenge({ id: challenge.id });
    for (const replica of harness.replicas)
      expect((await replica.create(fresh, lifetimeMs)).challenge).toEqual(changed);
    await harness.advance(lifetimeMs);
    const { challenge: anew, now } = await store.create(fresh, lifetimeMs);
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
    const changed = standing(await store.change(challenge, 1, patch));
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
    const nowhere = aChallenge();
    expect(await store.change(nowhere, 1, { redeemedBy: 'a' })).toBeNull();
    expect(await store.look(nowhere, aGuess('right'))).toBeNull();
    expect(await store.read(nowhere)).toBeNull();
  });

  test('a change against an old version changes nothing', async () => {
    const { challenge } = await create();
    const moved = await store.change(challenge, 1, { codeIds: ['c'] });
    expect(
      await store.change(challenge, 1, {
        codeIds: [],
        verified: { method: 'call', factorId: 'f-1' },
      }),
    ).toBe('conflict');
    expect(await store.change(challenge, 3, { codeIds: [] })).toBe('conflict');
    expect((await store.read(challenge))?.challenge).toEqual(standing(moved));
  });

  test('of many changes at once against one version, one is made', async () => {
    const { challenge } = await create();
    const changes = Array.from({ length: 50 }, (_, i) =>
      inTurn(harness.replicas, i).change(challenge, 1, { codeIds: [`c${i}`] }),
    );
    const results = await Promise.all(changes);
    expect(results.filter((result) => result === 'conflict')).toHaveLength(49);
    expect((await store.read(challenge))?.challenge.version).toBe(2);
  });

  test('a guess moves the version, so that a change decided before it is a conflict', async () => {
    const before = await withCode();
    await guess(before, 'wrong');
    expect(await store.change(before, before.version, { attemptsRemaining: 5 })).toBe('conflict');
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
    await harness.advance(29_000);
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
      const at = await withCode();
      await toldEverywhere(at, () => store.change(at, at.version, { codeIds: ['c'] }));
      await toldEverywhere(at, () => guess(at, 'wrong'));
      await toldEverywhere(at, () => store.forgetUser(at));
    });

    test('gets nothing of other challenges, and nothing after it has stopped', async () => {
      const [at, other] = [await withCode(), await withCode()];
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
    await harness.advance(29_000);
    expect((await guess(before, 'wrong'))?.outcome).toBe('wrong');
    await harness.advance(1_000);
    const look = await guess(before, 'right');
    expect(look?.outcome).toBe('expired');
    expect(look?.challenge).toMatchObject({ attemptsRemaining: 4, wrongGuesses: 1 });
  });

  test('a code is looked at until its very last millisecond, and not in the next', async () => {
    const { challenge, now } = await create();
    const code = aCode(now, { id: 'c', lifeMs: 10 });
    await store.change(challenge, 1, { code, attemptsRemaining: 1_000_000 });
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
    const seen = await store.read(before);
    const renewal = { code: aCode(seen?.now ?? 0, { mac: 'new' }), attemptsRemaining: 5 };
    const renewed = standing(await store.change(before, before.version + 5, renewal));
    expect(renewed).toMatchObject({ attemptsRemaining: 5, wrongGuesses: 5 });
    expect((await guess(before, 'right'))?.outcome).toBe('superseded');
    expect((await guess(renewed, 'right'))?.challenge.wrongGuesses).toBe(6);
    expect((await guess(renewed, 'new'))?.outcome).toBe('right');
  });

  test('past its end it is still known for a minute, then forgotten', async () => {
    const { challenge } = await create();
    await harness.advance(lifetimeMs + graceMs - 5_000);
    const late = await store.read(challenge);
    expect(late?.now).toBeGreaterThanOrEqual(late?.challenge.expiresAt ?? Infinity);
    await harness.advance(5_000);
    expect(await store.read(challenge)).toBeNull();
    expect(await store.change(challenge, 1, { redeemedBy: 'a' })).toBeNull();
    expect(await store.look(challenge, aGuess('m'))).toBeNull();
  });

  test('a change keeps it as long as it asks for, and a later one does not shorten that', async () => {
    const { challenge } = await create();
    await store.change(challenge, 1, { outcome: 'approved' }, 900_000);
    await store.change(challenge, 2, { redeemedBy: 'a' }, 1_000);
    await harness.advance(895_000);
    expect((await store.read(challenge))?.challenge.redeemedBy).toBe('a');
    await harness.advance(5_000);
    expect(await store.read(challenge)).toBeNull();
  });

  test('a change that moves its end keeps it until then', async () => {
    const { challenge, now } = await create();
    await store.change(challenge, 1, { expiresAt: now + 2 * lifetimeMs });
    await harness.advance(2 * lifetimeMs + graceMs - 5_000);
    expect(await store.read(challenge)).not.toBeNull();
    await harness.advance(5_000);
    expect(await store.read(challenge)).toBeNull();
  });

  test('all those of a user are erased at once, and none of another user', async () => {
    const userId = 'to be forgotten';
    const { challenge } = await create({ userId });
    const old = await create({ userId });
    await store.change(challenge, 1, { outcome: 'approved' }, 900_000);
    await harness.advance(lifetimeMs + graceMs);
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
    const changed = standing(await store.change(challenge, 1, { code }));
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

  async function longestLife(keys = '*:challenge*'): Promise<number> {
    const lives = await Promise.all(
      (await harness.redis.keys(keys)).map((key) => harness.redis.pttl(key)),
    );
    expect(lives.filter((life) => life <= 0)).toEqual([]);
    return Math.max(...lives);
  }

  test('every key has a time to live, no longer than asked for', async () => {
    const { store } = harness;
    const { challenge, now } = await store.create(aChallenge(), lifetimeMs);
    expect(await longestLife('*')).toBeLessThanOrEqual(lifetimeMs + graceMs);
    await store.change(challenge, 1, { code: aCode(now, { id: 'c' }), attemptsRemaining: 5 });
    await store.look(challenge, aGuess('wrong'));
    await store.look(challenge, aGuess('right'));
    expect(await longestLife()).toBeLessThanOrEqual(lifetimeMs + graceMs);
    await store.change(challenge, 4, { outcome: 'approved' }, 900_000);
    expect(await longestLife()).toBeLessThanOrEqual(900_000);
    expect(await longestLife()).toBeGreaterThan(890_000);
    expect(await longestLife('*')).toBeLessThanOrEqual(accountMs);
  });

  test('the keys of one user share a slot, for any ids', async () => {
    await harness.redis.flushdb();
    for (const userId of ['}{', '}{', 'é\0']) {
      await harness.store.create(aChallenge({ userId }), 1_000);
    }
    const keys = await harness.redis.keys('*');
    const ours = /^dc:\{[\w-]{22}\}:(challenge:[\w-]{36}|challenges)$/;
    expect(keys.filter((key) => !ours.test(key))).toEqual([]);
    expect(new Set(keys.map((key) => key.slice(0, 28))).size).toBe(2);
  });

  test('the index of a user has each challenge for as long as it is there, and no longer', async () => {
    await harness.redis.flushdb();
    const { store } = harness;
    const kept = await store.create(aChallenge(), lifetimeMs);
    await store.change(kept.challenge, 1, { outcome: 'approved' }, 900_000);
    const gone = await store.create(aChallenge(), 1_000);
    const [index = ''] = await harness.redis.keys('*:challenges');
    expect(await harness.redis.zcard(index)).toBe(2);
    expect(await harness.redis.pttl(index)).toBeGreaterThan(890_000);
    await ageRedis(harness.redis, 1_000 + graceMs);
    const recent = await store.create(aChallenge(), 1_000);
    const ids = (await harness.redis.zrange(index, '0', '-1')).map((key) => key.slice(-36));
    expect(ids.sort()).toEqual([kept.challenge.id, recent.challenge.id].sort());
    expect(ids).not.toContain(gone.challenge.id);
  });

  test('nothing of a user who is forgotten', async () => {
    await harness.redis.flushdb();
    const device = { id: 'd', platform: 'ios', pushToken: 'p' };
    for (let i = 0; i < 20; i++) await harness.store.create(aChallenge({ device }), lifetimeMs);
    await harness.store.forgetUser({ organizationId: 'acme', userId: '42' });
    expect(await harness.redis.keys('*')).toEqual([]);
  });

  test('the tests make it older by moving every time in it, and only times', async () => {
    const { store } = harness;
    const { challenge, now } = await store.create(aChallenge(), lifetimeMs);
    const approval = { resultId: 'r', amr: ['pwd'], at: now, resultExpiresAt: now + 60_000 };
    const code = aCode(now);
    await store.change(challenge, 1, { code, approval });
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

function standing(changed: ChallengeSnapshot | 'conflict' | null): ChallengeSnapshot['challenge'] {
  if (changed === null || changed === 'conflict') throw new Error(`not changed: ${changed}`);
  return changed.challenge;
}
