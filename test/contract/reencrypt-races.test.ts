/**
 * Rows are sealed again while replicas of both kinds change them, and the work is cut off anywhere.
 * Closed here: a row that is lost, that nobody can read, or that keeps its old secret unnoticed.
 */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connectPostgres, type Database } from '../../src/adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { reencrypt } from '../../src/adapters/postgres/sealed/reencrypt.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import type { UserKey } from '../../src/domain/people.ts';
import type { Secret } from '../../src/domain/secrets/keys.ts';
import { roomy } from '../support/limits.ts';
import {
  activate,
  aDevice,
  aFactor,
  anEntry,
  anEntryFor,
  confirmation,
  knownMember,
} from '../support/people.ts';
import { freshDatabase } from '../support/servers.ts';
import { use } from '../support/use.ts';

const secret = (kid: string): Secret => ({ kid, bytes: randomBytes(32) });
const [k1, k2] = [secret('k1'), secret('k2')];

const database = use(async () => connectPostgres(await freshDatabase(), roomy));
const under = (...ring: [Secret, ...Secret[]]) =>
  use(() => prismaDirectory(database, sealing(ring), roomy));
/** Before the rotation; a replica that waits for its restart, and one that had it; afterwards. */
const [old, waiting, restarted, renewed] = [under(k1), under(k1, k2), under(k2, k1), under(k2)];
const both = sealing([k2, k1]);

type Prisma = Database['prisma'];
type Person = { user: UserKey; addresses: string[]; pushToken: string };

const aNumber = () => `+316${String(randomBytes(4).readUInt32BE()).padStart(10, '0').slice(-8)}`;

async function person(): Promise<Person> {
  const user = await knownMember(old);
  const [factor, device] = [aFactor(aNumber()), aDevice()];
  await old.factors.confirm(user, confirmation({ factor, device }), anEntry);
  return { user, addresses: [factor.address], pushToken: device.pushToken };
}

/** The connection ends at this statement: before it, or before its reply arrives. */
function cutAt(prisma: Prisma, at: number, done: boolean): Prisma {
  let statements = 0;
  const extended = prisma.$extends({
    query: {
      $allOperations: async ({ args, query }) => {
        statements += 1;
        if (statements < at) return query(args);
        if (statements === at && done) await query(args);
        throw new Error('the connection ended');
      },
    },
  });
  return extended as unknown as Prisma;
}

const plan = fc.record({
  people: fc.integer({ min: 1, max: 6 }),
  changes: fc.array(
    fc.record({
      who: fc.nat({ max: 5 }),
      on: fc.constantFrom('waiting', 'restarted'),
      what: fc.constantFrom('token', 'factor'),
    }),
    { maxLength: 12 },
  ),
  cut: fc.record({ at: fc.integer({ min: 1, max: 12 }), done: fc.boolean() }),
});

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

async function change(people: Person[], { who, on, what }: Plan['changes'][number]): Promise<void> {
  const one = people[who % people.length];
  if (!one) return;
  const directory = on === 'waiting' ? waiting : restarted;
  if (what === 'token') {
    const device = aDevice();
    await activate(directory, one.user, device, anEntryFor);
    one.pushToken = device.pushToken;
    return;
  }
  const factor = aFactor(aNumber());
  const added = confirmation({ factor, alreadyVerified: true });
  if ((await directory.factors.confirm(one.user, added, anEntry)) === 'confirmed')
    one.addresses.push(factor.address);
}

async function inTurn(people: Person[], changes: Plan['changes']): Promise<void> {
  for (const one of changes) await change(people, one);
}

/** Runs it again until nothing was under another secret: nobody writes under it any more. */
async function untilCurrent(): Promise<void> {
  for (;;) {
    const tables = await reencrypt(database.prisma, both, { batchSize: 2 });
    if (tables.every(({ renewed: again, skipped }) => again + skipped === 0)) return;
  }
}

test('whatever changes meanwhile and wherever it is cut off, no row is lost or unreadable', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ people: howMany, changes, cut }) => {
      const people = await Promise.all(Array.from({ length: howMany }, person));
      const cutOff = reencrypt(cutAt(database.prisma, cut.at, cut.done), both, { batchSize: 2 });
      await Promise.all([cutOff.catch(() => {}), inTurn(people, changes)]);
      for (const { user, addresses } of people)
        expect((await restarted.users.load(user)).factors).toHaveLength(addresses.length);
      await untilCurrent();
      for (const { user, addresses, pushToken } of people) {
        const { factors, devices } = await renewed.users.load(user);
        expect(factors.map(({ address }) => address).sort()).toEqual(addresses.toSorted());
        expect(devices.map((device) => device.pushToken)).toEqual([pushToken]);
      }
    }),
    { numRuns: 8 },
  );
});
