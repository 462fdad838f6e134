/**
 * How the lists of users are carried out among 100,000 of one organization: by an index, and
 * touching hardly more rows than are shown. A plan is the same on every machine; a time is not.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectPostgres, type Database } from '../../src/adapters/postgres/connection/client.ts';
import { Prisma } from '../../src/adapters/postgres/generated/client.ts';
import { usersQuery } from '../../src/adapters/postgres/users/list-users.ts';
import type { UserState } from '../../src/domain/people.ts';
import { directoryOn } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { anEntry, anOrganization } from '../support/people.ts';
import { freshDatabase } from '../support/servers.ts';

const limit = 50;

/** How many users are in each state. Except for the first, they are few and far apart. */
const sizes = { enrolled: 90_000, 'no-backup': 40, postponed: 40, locked: 40, unreachable: 40 };
const states = [null, ...(Object.keys(sizes) as UserState[])];

type Plan = {
  'Node Type': string;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
};

let database: Database;

beforeAll(async () => {
  const url = await freshDatabase();
  database = connectPostgres(url, roomy);
  const { organizations } = directoryOn(database);
  await Promise.all(['acme', 'other'].map((id) => organizations.save(anOrganization(id), anEntry)));
  for (let from = 0; from < 100_000; from += 10_000) await makeUsers(from, 10_000);
  await database.prisma.$executeRaw`ANALYZE users`;
});

afterAll(() => database.close());

/** Many were locked once, and many who enrolled had put it off before. */
async function makeUsers(from: number, howMany: number): Promise<void> {
  await database.prisma.$executeRaw`
    INSERT INTO users (organization_id, id, factor_count, reached_by, postponed_at, locked_until)
    SELECT 'acme', lpad(n::text, 6, '0'),
      CASE WHEN n % 2500 = 1 THEN 1 WHEN n % 10 = 0 THEN 0 ELSE 2 END,
      CASE WHEN n % 2500 = 4 OR n % 10 = 0 THEN '{}' ELSE '{call}' END::text[],
      CASE WHEN n % 2500 = 0 OR n % 10 = 2 THEN now() END,
      CASE WHEN n % 2500 = 3 THEN now() + interval '1 day'
        WHEN n % 3 = 0 THEN now() - interval '1 day' END
    FROM generate_series(${from}::int, ${from + howMany - 1}::int) n`;
}

async function planOf(state: UserState | null, after: string | null): Promise<Plan[]> {
  const query = usersQuery({ organizationId: 'acme', state, after, limit });
  const explain = Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`;
  const [row] = await database.prisma.$queryRaw<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(explain);
  return row?.['QUERY PLAN'].flatMap(({ Plan }) => nodesOf(Plan)) ?? [];
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

describe.each(states)('users in the state %s', (state) => {
  test.each([
    ['the first page', null],
    ['a page halfway', '050000'],
    ['the last page', '099900'],
  ])('are found by an index on %s', async (_name, after) => {
    const nodes = await planOf(state, after);
    const kinds = nodes.map((node) => node['Node Type']);
    expect(kinds.some((kind) => /Index.* Scan/.test(kind))).toBe(true);
    expect(kinds).not.toContain('Seq Scan');
    const touched = nodes.map(
      (node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0),
    );
    expect(Math.max(...touched)).toBeLessThanOrEqual(2 * limit);
  });
});

test('there are as many in each state as the plans were looked at for', async () => {
  const { users } = directoryOn(database);
  for (const [state, size] of Object.entries(sizes)) {
    const query = { organizationId: 'acme', after: null, limit: 100_000 };
    expect((await users.list({ ...query, state: state as UserState })).length).toBe(size);
  }
});

test('100,000 users are put in groups', async () => {
  const groups = await directoryOn(database).users.group('acme', ['call']);
  expect(groups.map(({ factors, reachedBy, users }) => [factors, reachedBy, users])).toEqual(
    expect.arrayContaining([
      [0, [], 10_000],
      [1, ['call'], 40],
      [2, [], 40],
      [2, ['call'], 89_920],
    ]),
  );
});
