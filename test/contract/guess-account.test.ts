/**
 * The account of wrong guesses that all challenges of a user share: who opens many, at many
 * replicas, with many codes, looks at no more than who opens one.
 */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Challenge, Code } from '../../src/domain/challenge/challenge.ts';
import type { UserKey } from '../../src/domain/people.ts';
import type { GuessLimits, GuessOutcome } from '../../src/domain/ports.ts';
import { aChallenge, aCode, aGuess, noGuesses, tally } from '../support/challenges.ts';
import { inTurn, storeHarnesses, useRedisStores, useStores } from '../support/stores.ts';

const limits: GuessLimits = { short: 9, long: 20 };
const lifeMs = 600_000;
const shortCode = 4;
const longCode = 8;

type Open = { challenge: Challenge; code: Code };

describe.each(storeHarnesses)('accounts of wrong guesses kept in %s', (_name, open) => {
  const { harness, store } = useStores(open);
  let user: UserKey;
  beforeEach(() => {
    user = { organizationId: 'acme', userId: randomUUID() };
  });

  async function withCode(length = shortCode): Promise<Open> {
    const { challenge, now } = await store.create(aChallenge(user), 600_000);
    const code = aCode(now, { length });
    await store.change(challenge, 1, { code, attemptsRemaining: 5 });
    return { challenge, code };
  }

  function many(howMany: number, length = shortCode): Promise<Open[]> {
    return Promise.all(Array.from({ length: howMany }, () => withCode(length)));
  }

  async function guess(
    at: Open,
    mac = 'wrong',
    through = store,
  ): Promise<GuessOutcome | undefined> {
    const look = await through.guess(at.challenge, aGuess(mac, at.code.id), limits);
    return look?.outcome;
  }

  /** Five guesses at each, all of them at once, at one replica after the other. */
  async function fiveGuessesEach(opened: Open[]) {
    const all = opened.flatMap((each) => Array.from({ length: 5 }, () => each));
    const looks = all.map((each, i) => guess(each, 'wrong', inTurn(harness.replicas, i)));
    return tally(await Promise.all(looks));
  }

  const account = () => store.openAccount(user, noGuesses);

  test('fifty challenges of one user with five guesses each look at nine in all', async () => {
    await store.openAccount(user, noGuesses);
    const opened = await many(50);
    expect(await fiveGuessesEach(opened)).toEqual({ wrong: 9, 'account-full': 241 });
    expect(await account()).toEqual({ short: 9, long: 0 });
    const seen = await Promise.all(opened.map(({ challenge }) => store.read(challenge)));
    const counted = seen.map((each) => each?.challenge.wrongGuesses ?? 0);
    expect(counted.reduce((sum, each) => sum + each, 0)).toBe(9);
  });

  test('at long codes they look at twenty in all', async () => {
    await store.openAccount(user, { short: 9, long: 0 });
    expect(await fiveGuessesEach(await many(50, longCode))).toEqual({
      wrong: 20,
      'account-full': 230,
    });
    expect(await account()).toEqual({ short: 9, long: 20 });
  });

  test('a code sent anew does not give the account new room', async () => {
    const looked: (GuessOutcome | undefined)[] = [];
    for (let resend = 0; resend < 4; resend += 1) {
      await store.openAccount(user, noGuesses);
      const opened = await withCode();
      for (let i = 0; i < 5; i += 1) looked.push(await guess(opened));
    }
    expect(looked.filter((outcome) => outcome === 'wrong')).toHaveLength(9);
    expect(looked.slice(9)).toEqual(Array.from({ length: 11 }, () => 'account-full'));
  });

  test('an account that is not known lets nothing be looked at', async () => {
    const opened = await withCode();
    expect(await guess(opened, 'right')).toBe('superseded');
    const seen = await store.read(opened.challenge);
    expect(seen?.challenge).toMatchObject({ version: 2, attemptsRemaining: 5, wrongGuesses: 0 });
    await store.openAccount(user, noGuesses);
    expect(await guess(opened, 'right')).toBe('right');
  });

  test('a full account lets not even the right code through, and changes nothing', async () => {
    await store.openAccount(user, { short: 9, long: 0 });
    const opened = await withCode();
    const before = await store.read(opened.challenge);
    expect(await guess(opened, 'right')).toBe('account-full');
    expect((await store.read(opened.challenge))?.challenge).toEqual(before?.challenge);
  });

  test('a code that is over, used up or replaced says so, however full the account is', async () => {
    await store.openAccount(user, { short: 8, long: 0 });
    const [used, replaced, late] = [await withCode(), await withCode(), await withCode()];
    await store.change(used.challenge, 2, { attemptsRemaining: 0 });
    expect(await guess(late)).toBe('wrong');
    expect(await guess(used)).toBe('exhausted');
    expect(await guess({ ...replaced, code: aCode(0) })).toBe('superseded');
    await harness.advance(30_000);
    expect(await guess(late)).toBe('expired');
  });

  test('long and short are apart', async () => {
    await store.openAccount(user, { short: 9, long: 19 });
    const [short, long] = [await withCode(shortCode), await withCode(longCode)];
    expect(await guess(short)).toBe('account-full');
    expect(await guess(long)).toBe('wrong');
    expect(await guess(long)).toBe('account-full');
    const seen = await store.read(long.challenge);
    expect(seen?.challenge).toMatchObject({ wrongGuesses: 1, wrongLongGuesses: 1 });
    expect(await account()).toEqual({ short: 9, long: 20 });
  });

  test('a wrong guess at a short code is no long one', async () => {
    await store.openAccount(user, noGuesses);
    const opened = await withCode(shortCode);
    await guess(opened);
    const seen = await store.read(opened.challenge);
    expect(seen?.challenge).toMatchObject({ wrongGuesses: 1, wrongLongGuesses: 0 });
  });

  test('a right guess puts nothing on it', async () => {
    await store.openAccount(user, { short: 8, long: 0 });
    expect(await guess(await withCode(), 'right')).toBe('right');
    expect(await account()).toEqual({ short: 8, long: 0 });
  });

  test('the account of another user, or of a namesake elsewhere, is another one', async () => {
    await store.openAccount(user, { short: 9, long: 20 });
    for (const other of [
      { ...user, userId: randomUUID() },
      { ...user, organizationId: 'other' },
    ])
      expect(await store.openAccount(other, noGuesses)).toEqual(noGuesses);
  });

  test('open never lowers, and raises to what is known', async () => {
    expect(await store.openAccount(user, { short: 3, long: 1 })).toEqual({ short: 3, long: 1 });
    expect(await store.openAccount(user, { short: 1, long: 4 })).toEqual({ short: 3, long: 4 });
    expect(await account()).toEqual({ short: 3, long: 4 });
  });

  test('takeOff takes off, and never goes below zero', async () => {
    await store.openAccount(user, { short: 5, long: 2 });
    await store.takeOff(user, { short: 2, long: 1 });
    expect(await account()).toEqual({ short: 3, long: 1 });
    await store.takeOff(user, { short: 9, long: 9 });
    expect(await account()).toEqual(noGuesses);
  });

  test('what is taken off at the same time as it is put on is not lost', async () => {
    await store.openAccount(user, { short: 4, long: 0 });
    const opened = await many(5);
    const off = opened.map((_, i) =>
      inTurn(harness.replicas, i).takeOff(user, { short: 1, long: 0 }),
    );
    const [outcomes] = await Promise.all([Promise.all(opened.map((each) => guess(each))), ...off]);
    expect(new Set(outcomes)).toEqual(new Set(['wrong']));
    expect((await account()).short).toBeGreaterThanOrEqual(4);
    expect((await account()).short).toBeLessThanOrEqual(5);
  });

  test('a cleared account has all its room, and live codes can still be looked at', async () => {
    await store.openAccount(user, { short: 9, long: 20 });
    const opened = await withCode();
    await store.clearAccount(user);
    expect(await guess(opened, 'right')).toBe('right');
    expect(await account()).toEqual(noGuesses);
  });

  test('neither taking off nor clearing makes an account known', async () => {
    const opened = await withCode();
    await store.takeOff(user, { short: 1, long: 1 });
    await store.clearAccount(user);
    expect(await guess(opened, 'right')).toBe('superseded');
  });

  test('it is known for ten minutes after it was last opened', async () => {
    await store.openAccount(user, { short: 1, long: 0 });
    await harness.advance(lifeMs - 5_000);
    expect(await account()).toEqual({ short: 1, long: 0 });
    await harness.advance(lifeMs - 5_000);
    const opened = await withCode();
    await store.takeOff(user, noGuesses);
    expect(await guess(opened)).toBe('wrong');
    await harness.advance(5_000);
    expect(await guess(opened)).toBe('superseded');
    expect(await account()).toEqual(noGuesses);
  });

  test('a user who is forgotten has none, and starts at what is known when they come back', async () => {
    await store.openAccount(user, { short: 9, long: 0 });
    await store.forgetUser(user);
    expect(await guess(await withCode(), 'right')).toBe('superseded');
    expect(await store.openAccount(user, { short: 2, long: 0 })).toEqual({ short: 2, long: 0 });
  });
});

describe('an account in Redis', () => {
  const harness = useRedisStores();
  const user = { organizationId: 'acme', userId: '42' };
  beforeEach(() => harness.redis.flushdb());

  test('has a time to live, whatever is done to it', async () => {
    const { store } = harness;
    await store.openAccount(user, { short: 3, long: 3 });
    await store.takeOff(user, { short: 1, long: 1 });
    await store.clearAccount(user);
    const [key = ''] = await harness.redis.keys('*');
    expect(key).toMatch(/^dc:\{[\w-]{22}\}:account$/);
    expect(await harness.redis.pttl(key)).toBeGreaterThan(lifeMs - 10_000);
    expect(await harness.redis.pttl(key)).toBeLessThanOrEqual(lifeMs);
  });

  test('survives that Redis forgets its scripts', async () => {
    const { store } = harness;
    await store.openAccount(user, { short: 5, long: 1 });
    for (const touch of [
      () => store.takeOff(user, { short: 2, long: 0 }),
      () => store.openAccount(user, { short: 4, long: 0 }),
    ]) {
      await harness.redis.script('FLUSH');
      await touch();
    }
    expect(await store.openAccount(user, noGuesses)).toEqual({ short: 4, long: 1 });
    await harness.redis.script('FLUSH');
    await store.clearAccount(user);
    expect(await store.openAccount(user, noGuesses)).toEqual(noGuesses);
  });
});
