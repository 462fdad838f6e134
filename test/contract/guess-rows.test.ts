/**
 * The account of wrong guesses that outlives Redis. Closed here: guesses that are forgotten after a
 * resend, in another challenge, or because many came at once.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { UserKey, WrongGuess } from '../../src/domain/people.ts';
import { Problem } from '../../src/domain/problems.ts';
import { databases, useDatabase, useReplicas } from '../support/directories.ts';
import { anEntry, member, someone } from '../support/people.ts';

const anHour = 3_600_000;
const aDay = 24 * anHour;

const short: WrongGuess = { challengeId: 'c-1', kind: 'short' };
const long: WrongGuess = { challengeId: 'c-2', kind: 'long' };

describe.each(databases)('the account of wrong guesses on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);

  async function record(user: UserKey, guesses: WrongGuess[], mostLong = 3) {
    const answers = [];
    for (const guess of guesses)
      answers.push(await directory.guessAccounts.recordWrongGuess(user, guess, mostLong));
    return answers;
  }

  /** Makes all that a user guessed so far, and the lock of it, that much older. */
  async function age({ organizationId }: UserKey, ms: number): Promise<void> {
    await database.prisma.$executeRaw`
      UPDATE wrong_guesses SET at = at - ${ms}::float8 * interval '1 millisecond'
      WHERE organization_id = ${organizationId}`;
    await database.prisma.$executeRaw`
      UPDATE users SET locked_until = locked_until - ${ms}::float8 * interval '1 millisecond'
      WHERE organization_id = ${organizationId}`;
  }

  const accountOf = async (user: UserKey) => (await directory.users.load(user)).guesses;

  const rowsOf = ({ organizationId }: UserKey) =>
    database.prisma.wrongGuess.findMany({ where: { organizationId }, orderBy: { id: 'asc' } });

  test('counts each guess as it comes, in whatever challenge, of this user alone', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    const answers = await record(user, [short, { ...short, challengeId: 'c-9' }, long]);
    expect(answers).toEqual([
      { short: 1, long: 0, recent: 1, lockedUntil: null },
      { short: 2, long: 0, recent: 2, lockedUntil: null },
      { short: 2, long: 1, recent: 3, lockedUntil: null },
    ]);
    expect(await accountOf(user)).toEqual({ short: 2, long: 1 });
    expect(await accountOf(other)).toEqual({ short: 0, long: 0 });
  });

  test('in an organization never heard of is no account', async () => {
    await expect(directory.guessAccounts.recordWrongGuess(someone(), short, 3)).rejects.toThrow(
      'organization',
    );
  });

  test('keeps a short guess for 365 days, and calls it recent for one', async () => {
    const user = await member(directory);
    await record(user, [short]);
    await age(user, 365 * aDay - anHour);
    expect(await record(user, [short])).toMatchObject([{ short: 2, recent: 1 }]);
    await age(user, 2 * anHour);
    expect(await accountOf(user)).toEqual({ short: 1, long: 0 });
  });

  test('counts a long guess for 24 hours', async () => {
    const user = await member(directory);
    await record(user, [long]);
    await age(user, aDay - anHour);
    expect(await record(user, [long])).toMatchObject([{ long: 2, recent: 2 }]);
    await age(user, 2 * anHour);
    expect(await accountOf(user)).toEqual({ short: 0, long: 1 });
  });

  test('leaves no rubbish: guesses older than a year are removed when others come, of any user', async () => {
    const [gone, user] = [await member(directory), await member(directory)];
    await record(gone, [short, short, long]);
    await age(gone, 365 * aDay + anHour);
    await record(user, [short]);
    expect(await rowsOf(gone)).toEqual([]);
    expect(await rowsOf(user)).toHaveLength(1);
  });

  describe('locks', () => {
    test('with the last long guess, until the first of them is 24 hours old', async () => {
      const user = await member(directory);
      const answers = await record(user, [long, short, long, long]);
      const [first] = await rowsOf(user);
      const until = new Date(Number(first?.at) + aDay);
      expect(answers.map(({ lockedUntil }) => lockedUntil)).toEqual([null, null, null, until]);
      expect((await directory.users.load(user)).lockedUntil).toEqual(until);
    });

    test('never for short guesses', async () => {
      const user = await member(directory);
      const answers = await record(user, Array(6).fill(short));
      expect(answers.every(({ lockedUntil }) => lockedUntil === null)).toBe(true);
    });

    test('again once the lock is over, for the guesses that are still of these 24 hours', async () => {
      const user = await member(directory);
      await record(user, [long]);
      await age(user, 2 * anHour);
      await record(user, [long, long]);
      await age(user, 22 * anHour + 1_000);
      const [again] = await record(user, [long]);
      const [, second] = await rowsOf(user);
      expect(again).toMatchObject({ long: 3, lockedUntil: new Date(Number(second?.at) + aDay) });
    });

    test('not for guesses that took longer than 24 hours', async () => {
      const user = await member(directory);
      await record(user, [long, long]);
      await age(user, aDay + 1_000);
      expect(await record(user, [long])).toMatchObject([{ long: 1, lockedUntil: null }]);
    });

    test('no shorter when a guess comes while it is locked', async () => {
      const user = await member(directory);
      const answers = await record(user, [long, long, long, short, long]);
      const until = answers.slice(2).map(({ lockedUntil }) => Number(lockedUntil));
      expect(until.toSorted((a, b) => a - b)).toEqual(until);
      expect(until[0]).toBeGreaterThan(Date.now());
    });
  });

  test('an approval takes off the guesses of its challenge, and no lock', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    await record(user, [short, long, long, long]);
    await record(other, [short]);
    await directory.guessAccounts.forgive(user, long.challengeId);
    const { guesses, lockedUntil } = await directory.users.load(user);
    expect(guesses).toEqual({ short: 1, long: 0 });
    expect(lockedUntil).toBeInstanceOf(Date);
    expect(await accountOf(other)).toEqual({ short: 1, long: 0 });
  });

  test('unlocking clears all of it, of this user alone', async () => {
    const [user, other] = [await member(directory), await member(directory)];
    await record(user, [short, long, long, long]);
    await record(other, [short]);
    await directory.guessAccounts.clear(user, anEntry);
    await directory.guessAccounts.clear(user, anEntry);
    await directory.guessAccounts.clear(someone(), anEntry);
    expect(await directory.users.load(user)).toMatchObject({
      guesses: { short: 0, long: 0 },
      lockedUntil: null,
    });
    expect(await rowsOf(user)).toEqual([]);
    expect(await accountOf(other)).toEqual({ short: 1, long: 0 });
  });

  test('erasing a user leaves none of it', async () => {
    const user = await member(directory);
    await record(user, [short, long]);
    await directory.users.erase(user, 'p-1', anEntry);
    expect(await rowsOf(user)).toEqual([]);
  });
});

describe('many at once, on many replicas', () => {
  const { any } = useReplicas();

  /** The answers. On a slow machine the last in the queue gets none, counted though it may be. */
  async function recordAtOnce(user: UserKey, guesses: WrongGuess[], mostLong: number) {
    const answers = guesses.map((guess, index) =>
      any(index)
        .guessAccounts.recordWrongGuess(user, guess, mostLong)
        .catch((thrown: unknown) => {
          if (!Problem.is(thrown, 'unavailable')) throw thrown;
          return null;
        }),
    );
    return (await Promise.all(answers)).filter((answer) => answer !== null);
  }

  test('each of them is counted, and the twentieth long one locks: no other before it', async () => {
    const user = await member(any(0));
    const answers = [];
    while (answers.length < 30)
      answers.push(...(await recordAtOnce(user, Array(10).fill(long), 20)));
    const counts = answers.map((answer) => answer.long);
    expect(new Set(counts).size).toBe(counts.length);
    for (const answer of answers) expect(answer.lockedUntil !== null).toBe(answer.long >= 20);
    const { guesses, lockedUntil } = await any(0).users.load(user);
    expect(guesses.long).toBeGreaterThanOrEqual(Math.max(...counts));
    expect(Number(lockedUntil)).toBeGreaterThan(Date.now());
  });

  test('whatever comes at once, no two answers are the same account', async () => {
    const guesses = fc.array(fc.constantFrom(short, long), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(guesses, fc.integer({ min: 1, max: 6 }), async (given, mostLong) => {
        const user = await member(any(0));
        const answers = await recordAtOnce(user, given, mostLong);
        const totals = answers.map((answer) => answer.short + answer.long);
        expect(new Set(totals).size).toBe(totals.length);
        for (const answer of answers) {
          expect(answer.recent).toBe(answer.short + answer.long);
          expect(answer.lockedUntil !== null).toBe(answer.long >= mostLong);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('an unlock among them leaves only what came after it', async () => {
    const user = await member(any(0));
    await recordAtOnce(user, Array(5).fill(short), 20);
    const [answers] = await Promise.all([
      recordAtOnce(user, Array(5).fill(short), 20),
      any(1).guessAccounts.clear(user, anEntry),
    ]);
    const { guesses } = await any(0).users.load(user);
    expect(guesses.short).toBeLessThanOrEqual(5);
    expect(Math.max(...answers.map((answer) => answer.short))).toBeGreaterThanOrEqual(
      guesses.short,
    );
  });
});
