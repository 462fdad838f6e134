/**
 * The account of wrong guesses. Closed here: a look without a row, guesses that are forgotten after a resend or in
 * another challenge, and more looks than the limit because many come at once.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connectPostgres } from '../../src/adapters/postgres/connection/client.ts';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import type { GuessKind, UserKey } from '../../src/domain/people.ts';
import type { ChargeOutcome, GuessCharge } from '../../src/domain/ports.ts';
import { aCharge, tally } from '../support/challenges.ts';
import { databases, directoryOn, useDatabase } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { anEntry, anEvent, knownMember, someone } from '../support/people.ts';
import { freshDatabase } from '../support/servers.ts';
import { inTurn } from '../support/stores.ts';
import { use } from '../support/use.ts';

const anHour = 3_600_000;
const aDay = 24 * anHour;
const margin = 2 * 60_000;

describe.each(databases)('the account of wrong guesses on %s', (_name, open) => {
  const { database, directory, outcomes } = useDatabase(open);

  const charge = (user: UserKey, given: Partial<GuessCharge> = {}) =>
    directory.guessAccounts.charge(user, aCharge(given));

  async function chargeMany(user: UserKey, times: number, given: Partial<GuessCharge> = {}) {
    const outcomes: ChargeOutcome[] = [];
    for (let i = 0; i < times; i += 1) outcomes.push(await charge(user, given));
    return outcomes;
  }

  /** Makes all that a user guessed so far that much older. */
  const age = ({ organizationId }: UserKey, ms: number) => database.prisma.$executeRaw`
    UPDATE wrong_guesses SET at = at - ${ms}::float8 * interval '1 millisecond'
    WHERE organization_id = ${organizationId}`;

  const rowsOf = ({ organizationId }: UserKey) =>
    database.prisma.wrongGuess.findMany({ where: { organizationId }, orderBy: { at: 'asc' } });

  test('has a row before anybody is allowed to look, of this user alone', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    expect(await charge(user)).toMatchObject({ outcome: 'charged' });
    expect(await charge(user, { kind: 'long', limit: 20 })).toMatchObject({ outcome: 'charged' });
    expect(await rowsOf(user)).toHaveLength(2);
    expect((await directory.users.load(user)).shortGuesses).toBe(1);
    expect((await directory.users.load(other)).shortGuesses).toBe(0);
  });

  test('of an unknown user permits no look', async () => {
    expect(await charge(someone())).toMatchObject({ outcome: 'gone' });
  });

  test('takes nine short guesses, in any lane or challenge, and says until when', async () => {
    const user = await knownMember(directory);
    const lanes = ['strangers', 'device-1', 'device-2'];
    for (let i = 0; i < 9; i += 1)
      await charge(user, { lane: inTurn(lanes, i), challengeId: `c-${i}` });
    const refused = await charge(user, { lane: 'device-3' });
    const [first] = await rowsOf(user);
    expect(refused).toMatchObject({
      outcome: 'full',
      fullUntil: new Date(Number(first?.at) + 365 * aDay + margin),
    });
    expect(await rowsOf(user)).toHaveLength(9);
  });

  test('takes twenty long guesses of strangers, and five of all known devices together', async () => {
    const user = await knownMember(directory);
    await chargeMany(user, 9);
    const devices = { kind: 'long', limit: 5 } as const;
    const outcomes = [
      ...(await chargeMany(user, 3, { ...devices, lane: 'device-1' })),
      ...(await chargeMany(user, 3, { ...devices, lane: 'device-2' })),
      ...(await chargeMany(user, 21, { kind: 'long', limit: 20 })),
    ].map(({ outcome }) => outcome);
    expect(outcomes.slice(0, 6)).toEqual([...Array(5).fill('charged'), 'full']);
    expect(outcomes.slice(6)).toEqual([...Array(20).fill('charged'), 'full']);
  });

  /** Charges a guess that turns out to be wrong. */
  async function guessWrong(user: UserKey, given: Partial<GuessCharge> = {}) {
    const guess = aCharge(given);
    await directory.guessAccounts.charge(user, guess);
    const entry = anEvent(user, { type: 'code.wrong' });
    return directory.guessAccounts.settle(user, { ...guess, entry });
  }

  test('returns its state with each wrong guess, without guesses in progress', async () => {
    const user = await knownMember(directory);
    const long = { kind: 'long', limit: 3 } as const;
    const accounts = [await guessWrong(user, long), await guessWrong(user)];
    await charge(user, { ...long, limit: 9 });
    accounts.push(await guessWrong(user, { ...long, limit: 9 }), await guessWrong(user, long));
    expect(accounts).toEqual([
      { position: 1, recent: 1, fullUntil: null },
      { position: 1, recent: 2, fullUntil: null },
      { position: 2, recent: 3, fullUntil: null },
      { position: 2, recent: 3, fullUntil: null },
    ]);
    const [first] = await rowsOf(user);
    const until = new Date(Number(first?.at) + aDay + margin);
    expect(await guessWrong(user, { ...long, limit: 9 })).toMatchObject({ position: 3 });
    expect(await charge(user, long)).toMatchObject({ outcome: 'full' });
    expect(Number(until)).toBeGreaterThan(Date.now());
  });

  test('returns until when it is full, at the wrong guess that fills it', async () => {
    const user = await knownMember(directory);
    const long = { kind: 'long', limit: 2 } as const;
    expect(await guessWrong(user, long)).toMatchObject({ fullUntil: null });
    const filled = await guessWrong(user, long);
    const [first] = await rowsOf(user);
    expect(filled.fullUntil).toEqual(new Date(Number(first?.at) + aDay + margin));
  });

  test('keeps a short guess for 365 days, and calls it recent for one', async () => {
    const user = await knownMember(directory);
    await guessWrong(user);
    await age(user, 365 * aDay);
    expect(await guessWrong(user)).toMatchObject({ position: 2, recent: 1 });
    await age(user, margin + 1_000);
    expect((await directory.users.load(user)).shortGuesses).toBe(1);
  });

  test('counts a long guess for 24 hours', async () => {
    const user = await knownMember(directory);
    const long = { kind: 'long', limit: 20 } as const;
    await guessWrong(user, long);
    await age(user, aDay);
    expect(await guessWrong(user, long)).toMatchObject({ position: 2 });
    await age(user, margin + 1_000);
    expect(await guessWrong(user, long)).toMatchObject({ position: 2 });
  });

  test('charges the same attempt once, and lets it look again', async () => {
    const user = await knownMember(directory);
    const guess = aCharge({ limit: 1 });
    const first = await directory.guessAccounts.charge(user, guess);
    const again = await directory.guessAccounts.charge(user, { ...guess, tryId: randomUUID() });
    expect([first.outcome, again.outcome]).toEqual(['charged', 'again']);
    expect(await rowsOf(user)).toHaveLength(1);
  });

  test('gives a guess back to the try that alone claimed it', async () => {
    const user = await knownMember(directory);
    const guess = aCharge();
    await directory.guessAccounts.charge(user, guess);
    await directory.guessAccounts.giveBack(user, { ...guess, tryId: 'another' });
    expect(await rowsOf(user)).toHaveLength(1);
    await directory.guessAccounts.giveBack(user, guess);
    expect(await rowsOf(user)).toHaveLength(0);
  });

  test('never gives back a guess that two tries share', async () => {
    const user = await knownMember(directory);
    const [first, second] = [aCharge(), aCharge()];
    const again = { ...second, attemptId: first.attemptId };
    await directory.guessAccounts.charge(user, first);
    await directory.guessAccounts.charge(user, again);
    await directory.guessAccounts.giveBack(user, first);
    await directory.guessAccounts.giveBack(user, again);
    expect(await rowsOf(user)).toHaveLength(1);
  });

  test('permits no look at a consumed code', async () => {
    const user = await knownMember(directory);
    const { codeId, attemptId } = aCharge();
    await outcomes.consumeCode(user, { codeId, factorId: null, attemptId });
    expect(await charge(user, { codeId, attemptId })).toMatchObject({ outcome: 'done' });
    expect(await charge(user, { codeId })).toMatchObject({ outcome: 'over' });
    expect(await rowsOf(user)).toHaveLength(0);
  });

  test('records a wrong guess once per attempt, with what it sets off', async () => {
    const user = await knownMember(directory);
    const lockedUntil = new Date(Date.now() + aDay);
    const guess = aCharge();
    await directory.guessAccounts.charge(user, guess);
    for (let i = 0; i < 3; i += 1) {
      await directory.guessAccounts.settle(user, {
        ...guess,
        entry: anEvent(user, { type: 'code.wrong' }),
      });
      await directory.guessAccounts.alert(user, {
        attemptId: guess.attemptId,
        alerts: [anEvent(user, { type: 'user.locked' })],
        lockedUntil,
      });
    }
    const { organizationId } = user;
    const events = await database.prisma.event.findMany({ where: { organizationId } });
    expect(tally(events.map(({ type }) => type))).toMatchObject({
      'code.wrong': 1,
      'user.locked': 1,
    });
    const [listed] = await directory.users.list({
      organizationId,
      state: 'locked',
      after: null,
      limit: 5,
    });
    expect(listed?.lockedUntil).toEqual(lockedUntil);
  });

  test('is locked for strangers by twenty long guesses, until the first of them is a day old', async () => {
    const user = await knownMember(directory);
    await chargeMany(user, 20, { kind: 'long', limit: 20 });
    const [first, second] = await rowsOf(user);
    const until = (row: typeof first) => new Date(Number(row?.at) + aDay + margin);
    expect((await directory.users.load(user)).lockedUntil).toEqual(until(first));
    await database.prisma.wrongGuess.delete({ where: { attempt: first?.attempt ?? '' } });
    expect((await directory.users.load(user)).lockedUntil).toBeNull();
    await charge(user, { kind: 'long', limit: 20 });
    expect((await directory.users.load(user)).lockedUntil).toEqual(until(second));
  });

  test('is emptied by an unlock, of this user alone', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    await chargeMany(user, 20, { kind: 'long', limit: 20 });
    await chargeMany(other, 1);
    for (const each of [user, user, someone()]) await directory.guessAccounts.clear(each, anEntry);
    expect(await directory.users.load(user)).toMatchObject({ shortGuesses: 0, lockedUntil: null });
    expect(await rowsOf(user)).toEqual([]);
    expect((await directory.users.load(other)).shortGuesses).toBe(1);
  });

  test('forgives what was guessed in one challenge, of this user alone', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    for (const each of [user, other])
      for (const challengeId of ['c-1', 'c-1', 'c-2'])
        for (const kind of ['short', 'long'] as const) await charge(each, { challengeId, kind });
    await directory.guessAccounts.forgive({ ...user, id: 'c-1' });
    await directory.guessAccounts.forgive({ ...user, id: 'c-3' });
    expect((await rowsOf(user)).map(({ challengeId }) => challengeId)).toEqual(['c-2', 'c-2']);
    expect(await rowsOf(other)).toHaveLength(6);
  });

  test('goes with its user', async () => {
    const user = await knownMember(directory);
    await charge(user);
    await directory.users.erase(user, 'p-1', anEntry);
    expect(await rowsOf(user)).toEqual([]);
    expect(await charge(user)).toMatchObject({ outcome: 'gone' });
  });

  test('loses the rows that count no more, and no others', async () => {
    const user = await knownMember(directory);
    await charge(user, { kind: 'long', limit: 20 });
    await charge(user);
    await age(user, 3 * aDay);
    await charge(user, { kind: 'long', limit: 20 });
    await directory.guessAccounts.prune();
    expect((await rowsOf(user)).map(({ kind }) => kind)).toEqual(['short', 'long']);
    await age(user, 367 * aDay);
    await Promise.all([directory.guessAccounts.prune(), directory.guessAccounts.prune()]);
    expect(await rowsOf(user)).toEqual([]);
  });
});

describe('many at once, on many replicas', () => {
  const url = use(freshDatabaseUrl);
  const replicas = use(async () => {
    const open = Array.from({ length: 4 }, () => connectPostgres(url.value, roomy));
    const close = async () => void (await Promise.all(open.map((replica) => replica.close())));
    return {
      directories: open.map((replica) => directoryOn(replica)),
      prisma: open[0]?.prisma,
      close,
    };
  });
  const any = (index: number): Directory => inTurn(replicas.directories, index);

  const chargeAtOnce = (user: UserKey, charges: GuessCharge[]) =>
    Promise.all(charges.map((each, index) => any(index).guessAccounts.charge(user, each)));

  test('of 32 guesses, exactly nine may be looked at', async () => {
    const user = await knownMember(any(0));
    const outcomes = await chargeAtOnce(
      user,
      Array.from({ length: 32 }, () => aCharge()),
    );
    expect(tally(outcomes.map(({ outcome }) => outcome))).toEqual({ charged: 9, full: 23 });
  });

  test('many charges at once never pass a limit', async () => {
    const kinds = fc.array(fc.constantFrom<GuessKind>('short', 'long'), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(kinds, fc.integer({ min: 1, max: 6 }), async (given, limit) => {
        const user = await knownMember(any(0));
        const outcomes = await chargeAtOnce(
          user,
          given.map((kind) => aCharge({ kind, limit })),
        );
        for (const kind of ['short', 'long']) {
          const charged = outcomes.filter(
            ({ outcome }, i) => given[i] === kind && outcome === 'charged',
          );
          const asked = given.filter((each) => each === kind).length;
          expect(charged).toHaveLength(Math.min(limit, asked));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('an unlock among them leaves only what came after it', async () => {
    const user = await knownMember(any(0));
    await chargeAtOnce(
      user,
      Array.from({ length: 5 }, () => aCharge()),
    );
    const [outcomes] = await Promise.all([
      chargeAtOnce(
        user,
        Array.from({ length: 5 }, () => aCharge({ limit: 20 })),
      ),
      any(1).guessAccounts.clear(user, anEntry),
    ]);
    const { shortGuesses } = await any(0).users.load(user);
    expect(shortGuesses).toBeLessThanOrEqual(5);
    expect(outcomes.every(({ outcome }) => outcome === 'charged')).toBe(true);
  });
});

async function freshDatabaseUrl() {
  return { value: await freshDatabase(), close: async () => {} };
}
