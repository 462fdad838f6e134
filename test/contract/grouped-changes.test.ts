/**
 * What arrives together is written together: nothing is lost, one that is refused or held is alone in that, and an answer
 * says what is on disk.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Client } from 'pg';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import {
  connectPostgres,
  type Database,
  withGroups,
} from '../../src/adapters/postgres/connection/client.ts';
import { loginLimits } from '../../src/adapters/postgres/connection/limits.ts';
import type { RunStatement } from '../../src/adapters/postgres/connection/statements.ts';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { Problem } from '../../src/domain/problems.ts';
import { aCharge, anApproval } from '../support/challenges.ts';
import { databases, directoryOn, useDatabase } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { anEvent, knownMember, someone } from '../support/people.ts';
import { freshDatabase } from '../support/servers.ts';
import { use } from '../support/use.ts';

type Change = UserKey & { do: string };

/** The same database, which also tells of each group how many of what it held. */
function watched(database: Database) {
  const groups: Change[][] = [];
  const underWay = new Set<Change[]>();
  const together: Change[][][] = [];
  const run: RunStatement = async (statement, values) => {
    if (statement.name !== 'write_changes') return database.run(statement, values);
    const group: Change[] = JSON.parse(String(values[0]));
    groups.push(group);
    underWay.add(group);
    together.push([...underWay]);
    return database.run<never>(statement, values).finally(() => underWay.delete(group));
  };
  return { groups, together, database: withGroups({ ...database, run }, roomy) };
}

const many = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index));

describe.each(databases)('changes in groups on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);

  const recorded = async (challengeIds: string[]) => {
    const where = { challengeId: { in: challengeIds } };
    const rows = await database.prisma.event.findMany({ where });
    return rows.map(({ challengeId }) => challengeId).sort();
  };

  test('what arrives in one turn is one statement, with an answer for each', async () => {
    const { database: seen, groups } = watched(database);
    const trail = prismaAuditTrail(seen, roomy);
    const ids = many(50, () => randomUUID());
    await Promise.all(ids.map((challengeId) => trail.record(anEvent(someone(), { challengeId }))));
    expect(groups.map(({ length }) => length)).toEqual([50]);
    expect(await recorded(ids)).toEqual(ids.sort());
  });

  test('users that are read in one turn are one statement, each with what is theirs', async () => {
    const users = await Promise.all(many(20, () => knownMember(directory)));
    const statements: string[] = [];
    const run: RunStatement = (statement, values) => {
      statements.push(statement.name);
      return database.run(statement, values);
    };
    const seen = directoryOn(withGroups({ ...database, run }, roomy));
    const loaded = await Promise.all(users.map((user) => seen.users.load(user)));
    expect(statements).toEqual(['load_users']);
    expect(loaded.map(({ organization }) => organization?.id)).toEqual(
      users.map(({ organizationId }) => organizationId),
    );
  });

  test('one that is refused fails alone, and nothing of it is there', async () => {
    const trail = prismaAuditTrail(database, roomy);
    const ids = many(20, () => randomUUID());
    const record = (challengeId: string, at: number) =>
      trail.record(anEvent(someone(), { challengeId, details: at === 7 ? { x: '\0' } : {} }));
    const outcomes = await Promise.allSettled(ids.map(record));
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(
      ids.map((_, at) => at !== 7),
    );
    expect(await recorded(ids)).toEqual(ids.filter((_, at) => at !== 7).sort());
  });

  test('a group whose answer is lost is not sent again: each entry is there once', async () => {
    let isLost = true;
    const run: RunStatement = async (statement, values) => {
      const rows = await database.run<never>(statement, values);
      if (!isLost) return rows;
      isLost = false;
      throw new Error('Connection terminated unexpectedly');
    };
    const trail = prismaAuditTrail(withGroups({ ...database, run }, roomy), roomy);
    const ids = many(5, () => randomUUID());
    const outcomes = await Promise.allSettled(
      ids.map((challengeId) => trail.record(anEvent(someone(), { challengeId }))),
    );
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ reason: { kind: { name: 'unavailable' } } });
    expect(await recorded(ids)).toEqual(ids.sort());
  });

  test('what concerns one account is in one group at a time, however much arrives', async () => {
    const { database: seen, together, groups } = watched(database);
    const accounts = directoryOn(seen).guessAccounts;
    const [one, other] = [await knownMember(directory), await knownMember(directory)];
    const charge = (user: UserKey) => accounts.charge(user, aCharge({ limit: 100 }));
    const first = charge(one);
    const rest = many(8, async (turn) => {
      for (let i = 0; i < turn; i += 1) await new Promise(setImmediate);
      return Promise.all([charge(one), charge(one), charge(other)]);
    });
    await Promise.all([first, ...rest]);
    for (const atOnce of together) {
      const accountsIn = atOnce.map(
        (group) => new Set(group.map(({ organizationId }) => organizationId)),
      );
      const all = accountsIn.flatMap((ids) => [...ids]);
      expect(new Set(all).size).toBe(all.length);
    }
    expect(groups.length).toBeLessThan(17);
  });
});

describe('on PostgreSQL, an account that another transaction has', () => {
  const database = use(async () => connectPostgres(await freshDatabase(), roomy));
  let directory: Directory;
  let other: Client;
  let held: UserKey;

  beforeEach(async () => {
    directory = directoryOn(database);
    held = await knownMember(directory);
    const [{ url } = { url: '' }] = await database.prisma.$queryRaw<{ url: string }[]>`
      SELECT current_database() AS url`;
    other = new Client({ connectionString: new URL(url, process.env['TEST_DATABASE_URL']).href });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM guess_accounts WHERE organization_id = $1 FOR UPDATE', [
      held.organizationId,
    ]);
  });

  afterEach(() => other.end());

  test('keeps no stranger waiting: their changes take one group each, whatever waits for the account', async () => {
    const strangers = await Promise.all(many(10, () => knownMember(directory)));
    const { database: seen, groups } = watched(database);
    const { guessAccounts } = directoryOn(seen);
    let settled = 0;
    const waiting = many(20, () =>
      guessAccounts.charge(held, aCharge()).finally(() => {
        settled += 1;
      }),
    );
    for (let wave = 0; wave < 5; wave += 1) {
      const charges = strangers.map((user) => guessAccounts.charge(user, aCharge()));
      for (const { outcome } of await Promise.all(charges)) expect(outcome).toBe('charged');
    }
    expect(settled).toBe(0);
    const ofStrangers = groups.filter((group) =>
      group.some(({ organizationId }) => organizationId !== held.organizationId),
    );
    expect(
      ofStrangers.flat().filter(({ organizationId }) => organizationId !== held.organizationId),
    ).toHaveLength(50);
    expect(ofStrangers.length).toBeLessThanOrEqual(10);
    await other.query('ROLLBACK');
    const outcomes = (await Promise.all(waiting)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'charged')).toHaveLength(9);
    expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(11);
  });

  test('makes each change of it unavailable, with nothing changed, and an entry too while it is being erased', async () => {
    const brief = directoryOn(withGroups(database, loginLimits), loginLimits);
    const trail = prismaAuditTrail(withGroups(database, loginLimits), loginLimits);
    const entry = anEvent(held, { whileKnown: true });
    const changes = await Promise.allSettled([
      brief.guessAccounts.charge(held, aCharge()),
      brief.guessAccounts.settle(held, { ...aCharge(), entry }),
      brief.outcomes.approve(anApproval(held)),
      trail.record(entry),
    ]);
    for (const change of changes)
      expect(change).toMatchObject({
        status: 'rejected',
        reason: { kind: { name: 'unavailable' } },
      });
    await other.query('DELETE FROM users WHERE organization_id = $1', [held.organizationId]);
    await other.query('COMMIT');
    await trail.record(entry);
    expect(await brief.guessAccounts.charge(held, aCharge())).toMatchObject({ outcome: 'gone' });
    expect(await trail.list({ ...held, before: null, limit: 10 })).toEqual([]);
  });
});

describe('on PostgreSQL, a connection that is cut in the middle of a group', () => {
  const database = use(async () => connectPostgres(await freshDatabase(), roomy));

  /** What becomes of one: `cut` ends the connection of its group while it is written. */
  const item = fc.record({
    kind: fc.constantFrom('entry', 'charge'),
    fate: fc.constantFrom('fine', 'fine', 'fine', 'fine', 'refused', 'cut'),
    turn: fc.nat({ max: 3 }),
  });
  type Item = typeof item extends fc.Arbitrary<infer T> ? T : never;

  async function make({ kind, fate, turn }: Item): Promise<{ user: UserKey; error: unknown }> {
    const directory = directoryOn(database);
    const user = await knownMember(directory);
    const trail = prismaAuditTrail(database, roomy);
    for (let i = 0; i < turn; i += 1) await new Promise(setImmediate);
    const details = { fate, ...(fate === 'refused' && { x: '\0' }) };
    const limit = fate === 'refused' ? Number.MAX_SAFE_INTEGER : 9;
    const made =
      kind === 'entry'
        ? trail.record(anEvent(user, { details }))
        : directory.guessAccounts.charge(user, aCharge({ limit, challengeId: fate }));
    return made.then(
      () => ({ user, error: null }),
      (error: unknown) => ({ user, error }),
    );
  }

  test('what was answered is on disk, and of what was not, nothing is', async () => {
    await database.prisma.$executeRawUnsafe(`
      CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF to_jsonb(NEW) ->> 'challenge_id' = 'cut' OR to_jsonb(NEW) -> 'details' ->> 'fate' = 'cut' THEN
          PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1);
        END IF;
        RETURN NEW;
      END $$`);
    for (const table of ['events', 'wrong_guesses'])
      await database.prisma.$executeRawUnsafe(
        `CREATE TRIGGER cut BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION cut()`,
      );
    const rowsOf = async ({ organizationId }: UserKey, kind: string) =>
      kind === 'entry'
        ? database.prisma.event.count({ where: { organizationId, type: 'challenge.started' } })
        : database.prisma.wrongGuess.count({ where: { organizationId } });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 12 }), async (items) => {
        const made = await Promise.all(items.map(make));
        for (const [index, { user, error }] of made.entries()) {
          const { kind = '', fate = '' } = items[index] ?? {};
          expect(await rowsOf(user, kind)).toBe(error ? 0 : 1);
          if (fate !== 'fine') expect(error).not.toBeNull();
          if (fate !== 'refused' && error) expect(Problem.is(error, 'unavailable')).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });
});
