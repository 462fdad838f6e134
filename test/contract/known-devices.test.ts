/** Known devices: their tokens follow each other, whatever comes at once. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import { laneOf } from '../../src/domain/challenge/lane.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { aChallenge, anApproval, anOffer } from '../support/challenges.ts';
import { databases, useDatabase, useReplicas } from '../support/directories.ts';
import { anEntry, anOrganization, entriesFor, knownMember } from '../support/people.ts';

/** Approves a challenge of a lane by a right code, and redeems its result for a token. */
async function redeemIn(directory: Directory, user: UserKey, lane = 'strangers') {
  const approval = anApproval(user, { challenge: aChallenge({ ...user, lane }) });
  const { outcome } = await directory.outcomes.approve(approval);
  if (outcome !== 'approved') return null;
  const offer = anOffer({ remember: true, entryFor: entriesFor(user) });
  const { id: challengeId, client, purpose } = approval.challenge;
  const result = { ...user, challengeId, client, purpose, resultId: approval.resultId ?? '' };
  const asked = { ...result, attemptId: randomUUID() };
  const { device } = await directory.outcomes.redeem(asked, offer);
  return device && { ...device, hash: offer.hash };
}

async function remember(directory: Directory, user: UserKey) {
  const device = await redeemIn(directory, user);
  if (!device) throw new Error('not remembered');
  return device;
}

describe.each(databases)('known devices on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);
  const devices = () => directory.knownDevices;
  const letPass = async ({ organizationId }: UserKey, ms: number) => {
    await database.prisma.$executeRaw`
      UPDATE known_device_tokens SET dies_at = dies_at - ${ms} * interval '1 millisecond'
      FROM known_devices WHERE known_devices.id = device_id AND organization_id = ${organizationId}`;
  };

  /** What a start with a token does to a device, with a clock that is told. */
  type Token = { number: number; diesAt: number };
  const step = fc.oneof(
    fc.record({ do: fc.constant('start' as const), token: fc.nat({ max: 9 }) }),
    fc.record({ do: fc.constant('redeem' as const) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(20_000, 61_000) }),
  );

  test('a token is good until 60 seconds after another was first used, and a later use ends the device', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const user = await knownMember(directory);
        const first = await remember(directory, user);
        const hashes = [first.hash];
        const tokens: Token[] = [{ number: 0, diesAt: Number.POSITIVE_INFINITY }];
        let [now, used, ended] = [0, -1, false];
        for (const each of steps) {
          if (each.do === 'wait') {
            now += each.ms;
            await letPass(user, each.ms);
          } else if (each.do === 'redeem') {
            const next = await redeemIn(directory, user, laneOf(first.id));
            expect(next?.id ?? null).toBe(ended ? null : first.id);
            if (!next) continue;
            hashes.push(next.hash);
            tokens.push({ number: tokens.length, diesAt: Number.POSITIVE_INFINITY });
          } else {
            const i = each.token % tokens.length;
            const token = tokens[i] as Token;
            const seen = await devices().recognize(user, hashes[i] ?? '');
            const stolen = !ended && token.diesAt <= now;
            expect(seen.stolen).toBe(stolen);
            expect(seen.deviceId).toBe(ended || stolen ? null : first.id);
            if (stolen) {
              ended = true;
              expect(await devices().endStolen(user, hashes[i] ?? '', entriesFor(user))).toEqual({
                id: first.id,
                app: 'qaller',
              });
            } else if (!ended && token.number > used) {
              used = token.number;
              const dying = token.diesAt < Number.POSITIVE_INFINITY;
              token.diesAt = Number.POSITIVE_INFINITY;
              for (const other of dying ? tokens.slice(0, i) : tokens)
                if (other !== token) other.diesAt = Math.min(other.diesAt, now + 60_000);
            }
          }
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test('a token that is alive ends nothing, however it is named', async () => {
    const user = await knownMember(directory);
    const { hash, id } = await remember(directory, user);
    expect(await devices().endStolen(user, hash, entriesFor(user))).toBeNull();
    const other = await knownMember(directory);
    expect(await devices().recognize(other, hash)).toMatchObject({ deviceId: null, stolen: false });
    const all = { deviceId: null, survivor: null, reason: 'forgotten' } as const;
    expect(await devices().end(other, all, entriesFor(other))).toEqual([]);
    expect((await devices().recognize(user, hash)).deviceId).toBe(id);
  });

  test('a challenge of a device that ended is approved no more, but for the one that ended it', async () => {
    const user = await knownMember(directory);
    const { id } = await remember(directory, user);
    const lane = laneOf(id);
    const [survivor, other] = [aChallenge({ ...user, lane }), aChallenge({ ...user, lane })];
    const ending = { deviceId: id, survivor: survivor.id, reason: 'factors-changed' } as const;
    await devices().end(user, ending, entriesFor(user));
    const approve = (challenge: typeof other) =>
      directory.outcomes.approve(anApproval(user, { challenge }));
    expect(await approve(other)).toEqual({ outcome: 'finished' });
    expect((await approve(survivor)).outcome).toBe('approved');
  });

  test('what has ended is pruned, and what is good stays', async () => {
    const user = await knownMember(directory);
    const kept = await remember(directory, user);
    const gone = await remember(directory, user);
    const ending = { deviceId: gone.id, survivor: 'c-1', reason: 'forgotten' } as const;
    await devices().end(user, ending, entriesFor(user));
    const left = async () => {
      const { organizationId } = user;
      const rows = await database.prisma.knownDevice.findMany({ where: { organizationId } });
      return rows.map(({ id }) => id);
    };
    await devices().prune(new Date(Date.now() - 60_000));
    expect((await left()).sort()).toEqual([gone.id, kept.id].sort());
    await devices().prune(new Date(Date.now() + 60_000));
    expect(await left()).toEqual([kept.id]);
    await devices().prune(new Date(Date.now() + 92 * 86_400_000));
    expect(await left()).toEqual([]);
  });
});

describe('on four replicas', () => {
  const { replicas, any } = useReplicas();
  const first = () => {
    const [directory] = replicas.directories;
    if (!directory) throw new Error('no replica');
    return directory;
  };
  const goodOf = async (user: UserKey) =>
    (await first().users.load(user)).knownDevices.filter(({ endedBy }) => !endedBy);

  test('of 40 browsers remembered at once, five are', async () => {
    const user = await knownMember(first());
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => remember(any(i), user)));
    expect(all).toHaveLength(40);
    expect(await goodOf(user)).toHaveLength(5);
  });

  test('of 40 starts at once with two new tokens, none ends the device, and the newer one stays', async () => {
    const user = await knownMember(first());
    const { id } = await remember(first(), user);
    const tokens = [
      await redeemIn(any(0), user, laneOf(id)),
      await redeemIn(any(1), user, laneOf(id)),
    ];

    const starts = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        any(i).knownDevices.recognize(user, tokens[i % 2]?.hash ?? ''),
      ),
    );
    expect(starts.every(({ deviceId, stolen }) => deviceId === id && !stolen)).toBe(true);
    const [database] = replicas.databases;
    if (!database) throw new Error('no database');
    await database.prisma.$executeRaw`
      UPDATE known_device_tokens SET dies_at = dies_at - interval '61 seconds'
      WHERE device_id = ${id}`;
    const newest = await first().knownDevices.recognize(user, tokens[1]?.hash ?? '');
    const older = await first().knownDevices.recognize(user, tokens[0]?.hash ?? '');
    expect([newest.deviceId, older.stolen]).toEqual([id, true]);
  });

  test('an organization that ends all while 20 are remembered has none of them later', async () => {
    const user = await knownMember(first());
    const { organizationId } = user;
    const save = (days: number) =>
      first().organizations.save(
        anOrganization(organizationId, { knownDevices: { days, skipCode: false } }),
        anEntry,
      );
    const remembering = Array.from({ length: 20 }, (_, i) => redeemIn(any(i), user));
    await Promise.all([...remembering, save(0)]);
    await save(30);
    expect(await goodOf(user)).toEqual([]);
  });
});
