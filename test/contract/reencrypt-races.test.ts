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

type Cut = { at: number; done: boolean };

/** Each write comes after `before`; the connection ends at one: before it, or before its reply arrives. */
function cutAt(
  prisma: Prisma,
  { at, done }: Cut,
  before: (write: number) => Promise<void>,
): Prisma {
  let [statements, writes] = [0, 0];
  const extended = prisma.$extends({
    query: {
      $allOperations: async ({ operation, args, query }) => {
        statements += 1;
        if (operation === '$executeRaw') {
          writes += 1;
          await before(writes);
        }
        if (statements < at) return query(args);
        if (statements === at && done) await query(args);
        throw new Error('the connection ended');
      },
    },
  });
  return extended as unknown as Prisma;
}

const plan = fc.record({
  people: fc.integer({ min: 1, max: 5 }),
  changes: fc.array(
    fc.record({
      who: fc.nat({ max: 4 }),
      at: fc.integer({ min: 1, max: 6 }),
      on: fc.constantFrom('waiting', 'restarted'),
      what: fc.constantFrom('token', 'factor'),
    }),
    { minLength: 4, maxLength: 16 },
  ),
  cut: fc.record({ at: fc.integer({ min: 4, max: 24 }), done: fc.boolean() }),
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

/** One person's changes come in turn: the last one holds. */
async function inTurn(people: Person[], changes: Plan['changes']): Promise<void> {
  for (const one of changes) await change(people, one);
}

/** Some come exactly between two statements, after a row was read and before it is written. */
async function changeDuring(people: Person[], { changes, cut }: Plan): Promise<void> {
  const [between, anyTime] = [0, 1].map((half) =>
    changes.filter(({ who }) => (who % people.length) % 2 === half),
  );
  const before = (write: number) => inTurn(people, between?.filter(({ at }) => at === write) ?? []);
  const prisma = cutAt(database.prisma, cut, before);
  const cutOff = reencrypt(prisma, both, { batchSize: 2 }).catch(() => {});
  await Promise.all([cutOff, inTurn(people, anyTime ?? [])]);
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
    fc.asyncProperty(plan, async (given) => {
      await database.prisma.user.deleteMany();
      const people = await Promise.all(Array.from({ length: given.people }, person));
      await changeDuring(people, given);
      for (const { user, addresses } of people)
        expect((await restarted.users.load(user)).factors).toHaveLength(addresses.length);
      await untilCurrent();
      for (const { user, addresses, pushToken } of people) {
        const { factors, devices } = await renewed.users.load(user);
        expect(factors.map(({ address }) => address).sort()).toEqual(addresses.toSorted());
        expect(devices.map((device) => device.pushToken)).toEqual([pushToken]);
      }
    }),
    { numRuns: 25 },
  );
});
