/** Random histories on both stores and on a model of a few lines: all three must agree. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type {
  Challenge,
  ChallengePatch,
  ChallengeSnapshot,
  NewChallenge,
} from '../../src/domain/challenge/challenge.ts';
import { endedMemoryMs } from '../../src/domain/limits.ts';
import type { ChangeOptions } from '../../src/domain/ports.ts';
import { aChallenge, aCode, aGuess, aStored, createIn } from '../support/challenges.ts';
import { type StoreHarness, storeHarnesses } from '../support/stores.ts';

const second = 1_000;

/** What can happen; `challenge` and `code` count back from the latest one. */
type Steps = {
  create: { lifeMs: number };
  send: { challenge: number; lifeMs: number; attempts: number; stale: boolean };
  finish: { challenge: number; stale: boolean };
  guess: { challenge: number; code: number; right: boolean };
  read: { challenge: number };
  forget: Record<never, never>;
  advance: { ms: number };
};
type Step = { [Name in keyof Steps]: { do: Name } & Steps[Name] }[keyof Steps];

/** What can be seen of a challenge, without times, which differ between clocks. */
type View = {
  codeId: string | null;
  attempts: number;
  wrong: number;
  version: number;
  redeemed: boolean;
};
type Outcome = View | [string, View] | 'conflict' | null;

/** A store, or the model of one. */
type Follower = { [Name in keyof Steps]: (step: Steps[Name]) => Promise<Outcome> };

// Lives end at odd multiples of 5 s and time is moved by even ones: nothing happens so near to an
// end that the time the test itself takes could matter.
const life = fc.integer({ min: 0, max: 12 }).map((n) => (2 * n + 1) * 5 * second);
const pause = fc
  .oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.constant(360))
  .map((n) => 2 * n * 5 * second);
const rarely = fc.nat({ max: 4 }).map((n) => n === 0);
const recent = rarely.map(Number);
const attempts = fc.nat({ max: 3 });

function happens<Name extends keyof Steps>(
  weight: number,
  name: Name,
  fields: { [Field in keyof Steps[Name]]: fc.Arbitrary<Steps[Name][Field]> },
) {
  return { weight, arbitrary: fc.record(fields).map((step) => ({ do: name, ...step })) };
}

const step = fc.oneof(
  happens(1, 'create', { lifeMs: life }),
  happens(4, 'send', {
    challenge: recent,
    lifeMs: life,
    attempts,
    stale: rarely,
  }),
  happens(1, 'finish', { challenge: recent, stale: rarely }),
  happens(8, 'guess', { challenge: recent, code: recent, right: rarely }),
  happens(1, 'read', { challenge: recent }),
  happens(1, 'forget', {}),
  happens(1, 'advance', { ms: pause }),
) as fc.Arbitrary<Step>;

const histories = fc
  .array(step, { minLength: 5, maxLength: 40, size: 'max' })
  .map((steps): Step[] => [{ do: 'create', lifeMs: 605 * second }, ...steps]);

function latest<T>(list: T[], back: number): T | undefined {
  return list[list.length - 1 - back];
}

type Kept = View & {
  codeEndsAt: number;
  until: number;
  /** The code that was guessed right, and until when others are kept from it. */
  taken: { codeId: string; until: number } | null;
};

/** The rules of the port, for one caller at a time. */
class Model implements Follower {
  private readonly all: Kept[] = [];
  private codes = 0;
  private now = 0;

  async advance({ ms }: Steps['advance']) {
    this.now += ms;
    return null;
  }

  async create({ lifeMs }: Steps['create']) {
    const until = this.now + lifeMs + endedMemoryMs;
    const fresh = { codeId: null, attempts: 0, wrong: 0, version: 1 };
    this.all.push({ ...fresh, redeemed: false, codeEndsAt: 0, until, taken: null });
    return this.read({ challenge: 0 });
  }

  async read({ challenge }: Steps['read']) {
    const found = this.find(challenge);
    if (!found) return null;
    const { codeEndsAt, until, taken, ...view } = found;
    return view;
  }

  async send({ challenge, lifeMs, stale, ...code }: Steps['send']) {
    this.codes += 1;
    const patch = { codeId: `code-${this.codes}`, codeEndsAt: this.now + lifeMs, ...code };
    return this.change(challenge, stale, patch);
  }

  async finish({ challenge, stale }: Steps['finish']) {
    const until = this.now + endedMemoryMs;
    return this.change(challenge, stale, { codeId: null, redeemed: true, until });
  }

  async guess({ challenge, code, right }: Steps['guess']): Promise<Outcome> {
    const found = this.find(challenge);
    if (!found) return null;
    const outcome = this.judge(found, `code-${this.codes - code}`, right);
    const view = await this.read({ challenge });
    return view && [outcome, view];
  }

  async forget() {
    for (const each of this.all) each.until = this.now;
    return null;
  }

  private judge(found: Kept, codeId: string, right: boolean) {
    if (found.codeId !== codeId) return 'superseded';
    if (found.taken?.codeId === codeId && this.now < found.taken.until) return 'taken';
    if (this.now >= found.codeEndsAt) return 'expired';
    if (found.attempts === 0) return 'exhausted';
    found.version += 1;
    if (right) found.taken = { codeId, until: this.now + second };
    if (right) return 'right';
    found.attempts -= 1;
    found.wrong += 1;
    return 'wrong';
  }

  private change(challenge: number, stale: boolean, patch: object) {
    const found = this.find(challenge);
    if (found && stale) return 'conflict' as const;
    if (found) Object.assign(found, patch, { version: found.version + 1 });
    return this.read({ challenge });
  }

  private find(challenge: number) {
    const found = latest(this.all, challenge);
    return found && this.now < found.until ? found : null;
  }
}

/** The same steps, taken on a real store. */
class Driver implements Follower {
  private readonly all: NewChallenge[] = [];
  private readonly user = { organizationId: 'acme', userId: randomUUID() };
  private codes = 0;
  private readonly harness: StoreHarness;

  constructor(harness: StoreHarness) {
    this.harness = harness;
  }

  async advance({ ms }: Steps['advance']) {
    await this.harness.advance(ms);
    return null;
  }

  async create({ lifeMs }: Steps['create']) {
    this.all.push(aChallenge(this.user));
    return viewOf(await createIn(this.harness.store, this.find(0), lifeMs));
  }

  async read({ challenge }: Steps['read']) {
    const seen = await this.harness.store.read(this.find(challenge));
    return seen && viewOf(seen);
  }

  async send({ challenge, lifeMs, attempts, stale }: Steps['send']) {
    this.codes += 1;
    const id = `code-${this.codes}`;
    const patch = (now: number) => ({
      code: aCode(now, { id, lifeMs }),
      attemptsRemaining: attempts,
    });
    return this.change(challenge, stale, patch);
  }

  async finish({ challenge, stale }: Steps['finish']) {
    return this.change(challenge, stale, () => ({ code: null, redeemedBy: 'a' }), { ends: true });
  }

  async guess({ challenge, code, right }: Steps['guess']): Promise<Outcome> {
    const guess = aGuess(right ? 'right' : 'wrong', `code-${this.codes - code}`);
    const look = await this.harness.store.look(await this.seen(challenge), guess);
    return look && [look.outcome, viewOf(look)];
  }

  async forget() {
    await this.harness.store.forgetUser(this.user);
    return null;
  }

  private async change(
    challenge: number,
    stale: boolean,
    patch: (now: number) => ChallengePatch,
    options: ChangeOptions = {},
  ) {
    const seen = await this.harness.store.read(this.find(challenge));
    const at = await this.seen(challenge);
    const before = { ...at, version: at.version - (stale ? 1 : 0) };
    const after = await this.harness.store.change(before, patch(seen?.now ?? 0), options);
    return after && (after.changed ? viewOf(after) : 'conflict');
  }

  private async seen(challenge: number): Promise<Challenge> {
    const seen = await this.harness.store.read(this.find(challenge));
    return seen?.challenge ?? aStored(this.find(challenge));
  }

  /** One that the store has never seen stands for one that is not there. */
  private find(challenge: number): NewChallenge {
    return latest(this.all, challenge) ?? aChallenge(this.user);
  }
}

function viewOf({ challenge }: ChallengeSnapshot): View {
  return {
    codeId: challenge.code?.id ?? null,
    attempts: challenge.attemptsRemaining,
    wrong: challenge.wrongGuesses,
    version: challenge.version,
    redeemed: challenge.redeemedBy !== null,
  };
}

async function told(follower: Follower, steps: Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { do: name, ...fields } of steps) {
    const follow = follower[name].bind(follower) as (step: object) => Promise<Outcome>;
    outcomes.push(await follow(fields));
  }
  return outcomes;
}

let harnesses: StoreHarness[];

beforeAll(async () => {
  harnesses = await Promise.all(storeHarnesses.map(([, open]) => open()));
});
afterAll(async () => {
  await Promise.all(harnesses.map((harness) => harness.close()));
});

test('both stores agree with the rules for any history', async () => {
  const agree = async (steps: Step[]) => {
    const expected = await told(new Model(), steps);
    for (const harness of harnesses)
      expect(await told(new Driver(harness), steps)).toEqual(expected);
  };
  await fc.assert(fc.asyncProperty(histories, agree), { numRuns: 100 });
});
