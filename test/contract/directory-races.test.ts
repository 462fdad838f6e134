/**
 * Many replicas at once, on a real server: PGlite has one connection and cannot race. Closed here:
 * a password thief who confirms their own number in the instant that the user confirms the first.
 */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import { maxFactors } from '../../src/domain/limits.ts';
import type { Confirmation, Factor, UserKey } from '../../src/domain/people.ts';
import { Problem } from '../../src/domain/problems.ts';
import type { Secret } from '../../src/domain/secrets/keys.ts';
import { useReplicas } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import {
  activate,
  aDevice,
  aFactor,
  anEntry,
  anEntryFor,
  anOrganization,
  confirmation,
  knownMember,
} from '../support/people.ts';

const { replicas, any } = useReplicas();

type Attempt = { user: UserKey; confirmation: Confirmation };

/** All of them at once, spread over the replicas, as their callers would. */
function confirmAtOnce(attempts: Attempt[], through = replicas.directories) {
  const replica = (index: number) => through[index % through.length] as Directory;
  return Promise.all(attempts.map((attempt, index) => insist(replica(index), attempt)));
}

/** On a slow machine the last in the queue has to come back, and it does. */
async function insist(directory: Directory, attempt: Attempt) {
  for (;;) {
    try {
      return await directory.factors.confirm(attempt.user, attempt.confirmation, anEntry);
    } catch (thrown) {
      if (!Problem.is(thrown, 'unavailable')) throw thrown;
    }
  }
}

function twenty(user: UserKey, given: (index: number) => Partial<Confirmation>): Attempt[] {
  return Array.from({ length: 20 }, (_, index) => ({
    user,
    confirmation: confirmation({ factor: aFactor(`+316000000${index}`), ...given(index) }),
  }));
}

describe('of twenty confirmations at once', () => {
  test('only the first needs no verification', async () => {
    const user = await knownMember(any(0));
    const outcomes = await confirmAtOnce(twenty(user, () => ({})));
    expect(count(outcomes, 'confirmed')).toBe(1);
    expect(count(outcomes, 'verification-required')).toBe(19);
    expect(await rolesOf(user)).toEqual(['primary']);
  });

  test('as many are kept as there may be when all are verified, and one is primary', async () => {
    const user = await knownMember(any(0));
    const outcomes = await confirmAtOnce(twenty(user, () => ({ alreadyVerified: true })));
    expect(count(outcomes, 'confirmed')).toBe(maxFactors);
    expect(count(outcomes, 'too-many-factors')).toBe(20 - maxFactors);
    expect(await rolesOf(user)).toEqual(['primary', ...Array(maxFactors - 1).fill('secondary')]);
  });

  test('one is kept when all are of the same number', async () => {
    const user = await knownMember(any(0));
    const sameNumber = () => ({ factor: aFactor(), alreadyVerified: true });
    const outcomes = await confirmAtOnce(twenty(user, sameNumber));
    expect(count(outcomes, 'confirmed')).toBe(1);
    expect(count(outcomes, 'factor-exists')).toBe(19);
  });

  test('that bring the same device for different users, one has it in the end', async () => {
    const users = await Promise.all(
      Array.from({ length: 20 }, (_, index) => knownMember(any(index))),
    );
    const device = aDevice();
    await confirmAtOnce(users.map((user) => ({ user, confirmation: confirmation({ device }) })));
    const loaded = await Promise.all(users.map((user) => any(0).users.load(user)));
    expect(loaded.flatMap(({ devices }) => devices)).toEqual([device]);
  });
});

test('a device that many bring while secrets are changed has one user in the end', async () => {
  const [k1, k2] = ['k1', 'k2'].map((kid) => ({ kid, bytes: randomBytes(32) })) as [Secret, Secret];
  const changing = replicas.databases.map((database, index) =>
    prismaDirectory(database, sealing(index % 2 ? [k1, k2] : [k2, k1]), roomy),
  );
  const users = await Promise.all(
    Array.from({ length: 20 }, (_, index) => knownMember(any(index))),
  );
  const device = aDevice();
  const attempts = users.map((user) => ({ user, confirmation: confirmation({ device }) }));
  await confirmAtOnce(attempts, changing);
  const [first] = changing;
  const loaded = await Promise.all(users.map((user) => first?.users.load(user)));
  expect(loaded.flatMap((user) => user?.devices)).toEqual([device]);
});

test('a device and a factor can be put down at once without waiting in a circle', async () => {
  const user = await knownMember(any(0));
  const device = aDevice();
  await Promise.all([
    ...[0, 1, 2, 3, 4].map((index) => activate(any(index), user, device, anEntryFor)),
    confirmAtOnce(twenty(user, () => ({ device, alreadyVerified: true })).slice(0, 5)),
  ]);
  expect((await any(0).users.load(user)).devices).toEqual([device]);
});

test('of an organization saved ten times at once, one call made it', async () => {
  const organization = anOrganization(`org-${Date.now()}`);
  const saving = Array.from({ length: 10 }, (_, index) =>
    any(index).organizations.save(organization, anEntry),
  );
  expect((await Promise.all(saving)).filter(({ created }) => created)).toHaveLength(1);
});

test('of many confirmed at once, there is one primary and no address twice', async () => {
  const attempts = fc.array(
    fc.record({ alreadyVerified: fc.boolean(), address: fc.constantFrom('+311', '+312', '+313') }),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(attempts, async (given) => {
      const user = await knownMember(any(0));
      const outcomes = await confirmAtOnce(
        given.map(({ address, alreadyVerified }) => {
          const factor = aFactor(address);
          return { user, confirmation: confirmation({ factor, alreadyVerified }) };
        }),
      );
      const { factors } = await any(0).users.load(user);
      expect(factors).toHaveLength(count(outcomes, 'confirmed'));
      expect(factors.map(role)).toEqual(factors.map((_, at) => (at ? 'secondary' : 'primary')));
      expect(new Set(factors.map(({ address }) => address)).size).toBe(factors.length);
    }),
    { numRuns: 30 },
  );
});

const role = (factor: Factor) => factor.role;

function count(outcomes: string[], name: string): number {
  return outcomes.filter((outcome) => outcome === name).length;
}

async function rolesOf(user: UserKey) {
  return (await any(0).users.load(user)).factors.map(role);
}
