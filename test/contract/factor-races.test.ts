/**
 * Any mix of changes at once, over several replicas and users, on a real server. Closed here: a
 * user who is left with two primaries or none, or with more factors than there may be.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import { maxFactors } from '../../src/domain/limits.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { Problem } from '../../src/domain/problems.ts';
import { useReplicas } from '../support/directories.ts';
import {
  aFactor,
  anEntry,
  anEntryFor,
  confirmation,
  enrol,
  knownMember,
} from '../support/people.ts';

const { any } = useReplicas();

/** `who` and `which` count users, and factors that a user had at the beginning. */
const change = fc.record({
  what: fc.constantFrom('confirm', 'confirm', 'remove', 'remove', 'promote', 'keep', 'reset'),
  who: fc.nat({ max: 2 }),
  which: fc.nat({ max: maxFactors }),
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
type Person = { user: UserKey; ids: string[] };

function make(directory: Directory, { what, which }: Change, { user, ids }: Person) {
  const id = ids[which] ?? 'none';
  if (what === 'remove' || what === 'keep')
    return directory.factors.remove(user, id, what === 'keep', anEntryFor);
  if (what === 'promote') return directory.factors.promote(user, id, anEntry);
  if (what === 'reset') return directory.factors.reset(user, () => anEntry);
  const factor = aFactor(`+3120000000${which}`);
  return directory.factors.confirm(
    user,
    confirmation({ factor, alreadyVerified: which > 1 }),
    anEntry,
  );
}

/** On a slow machine the last in the queue has to come back, and it does. */
async function insist(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (thrown) {
      if (!Problem.is(thrown, 'unavailable')) throw thrown;
    }
  }
}

async function someoneWith(howMany: number): Promise<Person> {
  const user = await knownMember(any(0));
  return { user, ids: (await enrol(any(0), user, howMany)).map(({ id }) => id) };
}

async function expectWhole({ user }: Person): Promise<void> {
  const { factors } = await any(0).users.load(user);
  const primaries = factors.filter(({ role }) => role === 'primary');
  expect(primaries).toHaveLength(factors.length > 0 ? 1 : 0);
  expect(factors.length).toBeLessThanOrEqual(maxFactors);
  const [row] = await any(0).users.list({ ...user, state: null, after: null, limit: 2 });
  expect(row?.factors ?? 0).toBe(factors.length);
}

test('after any parallel changes, a user with factors has exactly one primary', async () => {
  const sizes = fc.tuple(...[0, 1, 2].map(() => fc.nat({ max: maxFactors })));
  const changes = fc.array(change, { minLength: 2, maxLength: 24, size: 'max' });
  await fc.assert(
    fc.asyncProperty(sizes, changes, async (given, made) => {
      const people = await Promise.all(given.map(someoneWith));
      const atOnce = made.map((each, index) =>
        insist(() => make(any(index), each, people[each.who] as Person) as Promise<unknown>),
      );
      await Promise.all(atOnce);
      await Promise.all(people.map(expectWhole));
    }),
    { numRuns: 40 },
  );
});
