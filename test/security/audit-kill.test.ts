/** "Killing a replica at any moment loses none": whoever was told something finds it in the trail. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectPostgres } from '../../src/adapters/postgres/client.ts';
import { createApiKey } from '../../src/domain/api-key.ts';
import { type Load, startLoad } from '../support/audited-load.ts';
import { directoryOn } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { anOrganization } from '../support/people.ts';
import { freshDatabase, freshRedis } from '../support/servers.ts';
import { visitors } from '../support/visits.ts';

const lanes = 6;
const kills = 6;

/** What a replica has just answered when it is killed: some of these, other ones each time. */
const moments = [
  'challenge.started',
  'code.sent',
  'code.wrong',
  'factor.added',
  'enrolment.skipped',
  'challenge.approved',
  'challenge.cancelled',
  'user.unlocked',
  'user.policy-changed',
];

let load: Load;

beforeAll(async () => {
  const DATABASE_URL = await freshDatabase();
  const database = connectPostgres(DATABASE_URL, roomy);
  const directory = directoryOn(database.prisma);
  await directory.saveOrganization(anOrganization('acme'));
  const scopes = ['challenges', 'users', 'admin'];
  const apiKey = await createApiKey(directory, { name: 'company-panel', scopes });
  await database.close();
  const env = {
    ISSUER: 'https://2fa.example',
    DATABASE_URL,
    REDIS_URL: await freshRedis(),
    CALLS_PER_SECOND: '1000',
    CODES_PER_USER_UNAPPROVED: '1000',
    CODES_PER_USER_HOUR: '10000',
    CODES_PER_USER_DAY: '10000',
    CODES_PER_NUMBER_UNAPPROVED: '10000',
    CODES_PER_NUMBER_DAY: '10000',
    SECRETS: `k1:${randomBytes(32).toString('base64url')}`,
  };
  load = await startLoad(env, apiKey, 3);
}, 60_000);
afterAll(() => load.stop());

test('every answer that was received has its event, however often a replica is killed', async () => {
  let open = true;
  const people = Array.from({ length: lanes }, (_, lane) => visitors(load, lane, () => open));
  for (const type of shuffled(moments).slice(0, kills))
    await load.killAtAnswer(type, 1 + Math.floor(Math.random() * 8));
  open = false;
  await Promise.all(people);

  const recorded = (await load.trail('acme')).map(
    ({ type, challengeId, userId }) => `${type} ${challengeId ?? userId}`,
  );
  expect(missing(load.told, recorded)).toEqual([]);
  for (const type of moments)
    expect(load.told.filter((event) => event.startsWith(type)).length).toBeGreaterThan(5);
  expect(load.lost()).toBeGreaterThan(0);
}, 90_000);

/** What was told more often than it was recorded. */
function missing(told: string[], recorded: string[]): string[] {
  const counts = new Map<string, number>();
  for (const event of recorded) counts.set(event, (counts.get(event) ?? 0) + 1);
  return told.filter((event) => {
    const left = counts.get(event) ?? 0;
    counts.set(event, left - 1);
    return left <= 0;
  });
}

function shuffled<T>(items: T[]): T[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
