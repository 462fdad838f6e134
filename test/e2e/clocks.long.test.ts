/** Replicas whose clocks disagree judge alike: what is dead is dead on each, what lives lives on each. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Sealing, sealing } from '../../src/adapters/sealing.ts';
import { readConfig } from '../../src/config/config.ts';
import { age } from '../support/age-redis.ts';
import { deploy } from '../support/deployment.ts';
import { query } from '../support/guessing.ts';
import { codeListener, type Replica, startReplica, untilReady } from '../support/replica.ts';
import { freshDatabase, freshRedis } from '../support/servers.ts';
import { wrong } from '../support/service.ts';

const shifts = { ahead: 90_000, right: 0, behind: -90_000 };
type Clock = keyof typeof shifts;
const clocks = Object.keys(shifts) as Clock[];
const pairs = clocks.flatMap((one) => clocks.map((other): [Clock, Clock] => [one, other]));

const codes = codeListener();
const replicas = new Map<Clock, Replica>();
let apiKey: string;
let databaseUrl: string;
let redis: Redis;
let seals: Sealing;

beforeAll(async () => {
  const [database, store] = await Promise.all([freshDatabase(), freshRedis()]);
  const deployment = await deploy(database, store);
  ({ apiKey } = deployment);
  databaseUrl = database;
  redis = new Redis(store);
  const { SECRETS: secrets } = readConfig(deployment.env);
  if (!secrets) throw new Error('the deployment has no secrets');
  seals = sealing(secrets);
  const NODE_OPTIONS = `--import=${import.meta.resolve('../support/shifted-clock.ts')}`;
  // One wrong guess makes codes long, one more locks; the clocks are further off than a challenge lives.
  const guesses = { GUESSES_UNTIL_CAREFUL: '1', GUESSES_UNTIL_LOCKED: '1' };
  const limits = { ...guesses, CHALLENGE_TTL_SECONDS: '60' };
  for (const clock of clocks) {
    const env = { ...deployment.env, ...limits, NODE_OPTIONS };
    const shifted = { ...env, CLOCK_SHIFT_MS: String(shifts[clock]) };
    const replica = await startReplica(shifted, codes.hear);
    await untilReady(replica.url);
    replicas.set(clock, replica);
  }
}, 60_000);
afterAll(async () => {
  redis.disconnect();
  await Promise.all([...replicas.values()].map((replica) => replica.kill()));
});

/** A lock lasts a day, and two minutes for a look that follows its charge. */
const lockMs = 86_400_000 + 120_000;

const advance = (seconds: number) => age({ redis, databaseUrl, sealing: seals }, seconds * 1_000);

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails otherwise.
type Answer = { status: number; retryAfter: number; body: any };
type Given = { bearer?: string; headers?: Record<string, string> };

const post = (on: Clock, path: string, body: object, given?: Given) =>
  send(on, 'POST', path, body, given);

async function send(
  on: Clock,
  method: string,
  path: string,
  body: object,
  { bearer = apiKey, headers: own }: Given = {},
): Promise<Answer> {
  const authorization = `Bearer ${bearer}`;
  const once = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const headers = { authorization, ...once, ...own };
  const ask = () =>
    fetch(`${replicas.get(on)?.url}${path}`, { method, headers, body: JSON.stringify(body) });
  let response = await ask();
  // Stores of a busy machine may answer too late. Callers ask again, and so does this.
  while (response.status === 503) response = await ask();
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return { status: response.status, retryAfter, body: await response.json() };
}

let people = 0;

/** A new user with their own phone. */
function somebody() {
  people += 1;
  const userId = `user-${people}`;
  const ending = String(people).padStart(2, '0');
  const login = { organizationId: 'acme', userId, app: { name: 'panel' } };

  /** An answer that has a code sent, and the code. */
  const hear = async (call: () => Promise<Answer>) => {
    const before = codes.count(`316*****${ending}`);
    const { body } = await call();
    const code = body.code ? await codes.after(`316*****${ending}`, before) : '';
    return { ...body, heard: code };
  };
  const signIn = async (on: Clock) => {
    const {
      challengeToken: bearer,
      heard,
      ...challenge
    } = await hear(() => post(on, '/v1/challenges', login));
    const at = (there: Clock, path: string, body: object = {}) =>
      post(there, `/v1/challenge${path}`, body, { bearer });
    const enter = (there: Clock, code = heard) => at(there, '/verify', { code });
    return { challenge, heard, at, enter };
  };
  return {
    userId,
    signIn,
    async enrol(on: Clock) {
      const { at } = await signIn(on);
      const phone = { method: 'call', phoneNumber: `+316123456${ending}` };
      const { heard } = await hear(() => at(on, '/factors', phone));
      await at(on, '/verify', { code: heard });
      await at(on, '/skip');
    },
  };
}

async function enrolled() {
  const person = somebody();
  await person.enrol('right');
  return person;
}

const problem = (status: number, name: string) => ({ status, body: { type: `/problems/${name}` } });
const redeem = (on: Clock, token: string) => post(on, '/v1/results/redeem', { token });

describe.each(pairs)('a challenge started on a replica %s and opened on one %s', (one, other) => {
  test('is approved by its code to the end, and its result redeemed to the end', async () => {
    const { signIn } = await enrolled();
    const { enter } = await signIn(one);
    await advance(20);
    const { status, body } = await enter(other);
    expect({ status, state: body.status }).toEqual({ status: 200, state: 'approved' });
    await advance(45);
    const redeemed = await redeem(one, body.result.token);
    expect(redeemed.status).toBe(200);
    expect(redeemed.body.exp - redeemed.body.iat).toBe(60);
  });

  test('is not approved by a code past its 30 seconds', async () => {
    const { signIn } = await enrolled();
    const { enter } = await signIn(one);
    await advance(31);
    expect(await enter(other)).toMatchObject(problem(410, 'code-expired'));
  });

  test('gives a result that is worth nothing after its 60 seconds', async () => {
    const { signIn } = await enrolled();
    const { enter } = await signIn(one);
    const { body } = await enter(one);
    await advance(61);
    expect(await redeem(other, body.result.token)).toMatchObject(problem(422, 'result-invalid'));
  });

  test('lives as long as it is meant to, and no longer', async () => {
    const { signIn } = await enrolled();
    const { at } = await signIn(one);
    await advance(40);
    expect((await at(other, '/code')).status).toBe(202);
    await advance(21);
    expect(await at(other, '/code')).toMatchObject(problem(401, 'challenge-expired'));
  });
});

describe.each(clocks)('a replica %s', (clock) => {
  test('says how long to wait for a new code', async () => {
    const { signIn } = await enrolled();
    const { at } = await signIn('right');
    await advance(10);
    const early = await at(clock, '/code');
    expect(early).toMatchObject(problem(429, 'resend-too-early'));
    expect(early.retryAfter).toBeGreaterThan(0);
    expect(early.retryAfter).toBeLessThanOrEqual(20);
    await advance(early.retryAfter);
    expect((await at(clock, '/code')).status).toBe(202);
  });

  test('locks for a day, and says so like the others', async () => {
    const { signIn } = await enrolled();
    const short = await signIn('right');
    await short.enter(clock, wrong(short.heard));
    const long = await signIn('right');
    const locked = await long.enter(clock, wrong(long.heard));
    expect(locked).toMatchObject(problem(429, 'locked'));
    const { retryAt } = locked.body.challenge;
    const leftMs = Date.parse(retryAt) - Date.now();
    // A minute for what runs slowly: a clock of this test is further off.
    expect(Math.abs(leftMs - lockMs)).toBeLessThan(60_000);
    expect(Math.abs(locked.retryAfter * 1_000 - leftMs)).toBeLessThan(60_000);
    for (const other of clocks) {
      const { challenge } = await signIn(other);
      expect(challenge).toMatchObject({ status: 'locked', retryAt });
    }
  });

  test.each([
    ['keeps a lock that ends in a minute', lockMs - 60_000, 'locked'],
    ['knows no lock that ended a moment ago', lockMs + 1_000, 'verify'],
  ])('%s', async (_, guessedMsAgo, status) => {
    const { userId, signIn } = await enrolled();
    const text = `
      INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
      VALUES ('acme', $1, 'c-1', 'long', now() - $2 * interval '1 millisecond')`;
    await query({ databaseUrl }, text, [userId, guessedMsAgo]);
    expect((await signIn(clock)).challenge.status).toBe(status);
  });

  test.each([
    ['still lets a user put off what is mandatory in a minute', 60_000, true],
    ['lets nobody put off what is mandatory since a moment', -1_000, false],
  ])('%s', async (_, dueInMs, skippable) => {
    // The shifts of the clocks are larger than this minute.
    const organizationId = `due-${clock}-${skippable}`;
    const mandatoryFrom = new Date(Date.now() + dueInMs).toISOString();
    const rules = { policy: 'optional', mandatoryFrom };
    await send('right', 'PUT', `/v1/organizations/${organizationId}`, rules);
    const login = { organizationId, userId: '42', app: { name: 'panel' } };
    const { body } = await post(clock, '/v1/challenges', login);
    expect(body.enrolment).toMatchObject({
      skippable,
      mandatoryFrom: skippable ? mandatoryFrom : null,
    });
  });

  test.each([
    ['takes a proof of 14 minutes ago', 840, 201],
    ['takes none of 15 minutes ago', 901, 403],
  ])('%s for a new factor', async (_, age, status) => {
    const { userId, signIn } = await enrolled();
    const { enter } = await signIn('right');
    const approved = await enter('right');
    await advance(age);
    const headers = { 'x-actor': userId, 'x-challenge-id': approved.body.id };
    const url = `/v1/organizations/acme/users/${userId}/factors`;
    const factor = { method: 'call', phoneNumber: '+31687654321' };
    expect((await post(clock, url, factor, { headers })).status).toBe(status);
  });
});
