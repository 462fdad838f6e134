/** Each challenge ends once, each code and each result works once, also when Redis forgets. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { inChallenge } from '../../src/domain/audit/audit.ts';
import type { UserKey } from '../../src/domain/people.ts';
import type { ChallengeApproval } from '../../src/domain/ports.ts';
import { aChallenge, anApproval, anOffer, aStored, tally } from '../support/challenges.ts';
import { databases, useDatabase } from '../support/directories.ts';
import { knownMember } from '../support/people.ts';

const aMinute = 60_000;

const redemption = ({ challenge, resultId }: ChallengeApproval, attemptId = randomUUID()) => {
  const { id: challengeId, organizationId, userId, client, purpose } = challenge;
  const user = { organizationId, userId };
  return { challengeId, ...user, resultId: resultId ?? '', client, purpose, attemptId };
};

describe.each(databases)('how challenges end, on %s', (_name, open) => {
  const { database, directory, outcomes } = useDatabase(open);
  const redeemed = async (result: Parameters<typeof outcomes.redeem>[0]) =>
    (await outcomes.redeem(result, anOffer())).outcome;

  const eventsOf = async ({ organizationId }: UserKey) => {
    const events = await database.prisma.event.findMany({ where: { organizationId } });
    return tally(events.map(({ type }) => type));
  };

  test('fifty approvals of one challenge at once are one, with one entry', async () => {
    const user = await knownMember(directory);
    const challenge = aChallenge(user);
    const all = await Promise.all(
      Array.from({ length: 50 }, () =>
        outcomes.approve(anApproval(user, { challenge, codeId: null })),
      ),
    );
    expect(tally(all.map(({ outcome }) => outcome))).toEqual({ approved: 1, finished: 49 });
    expect(await eventsOf(user)).toMatchObject({ 'challenge.approved': 1 });
  });

  test('a code approves for exactly one of fifty attempts at once', async () => {
    const user = await knownMember(directory);
    const codeId = randomUUID();
    const all = await Promise.all(
      Array.from({ length: 50 }, () => outcomes.approve(anApproval(user, { codeId }))),
    );
    expect(tally(all.map(({ outcome }) => outcome))).toEqual({ approved: 1, over: 49 });
  });

  test('the same attempt again gets the same result, with no second entry', async () => {
    const user = await knownMember(directory);
    const approval = anApproval(user);
    const first = await outcomes.approve(approval);
    const again = await outcomes.approve({ ...approval, resultId: randomUUID() });
    expect(first).toMatchObject({ outcome: 'approved', resultId: approval.resultId });
    expect(again).toEqual(first);
    expect(await eventsOf(user)).toMatchObject({ 'challenge.approved': 1 });
  });

  test('an approval takes off all guesses of its challenge, and no others', async () => {
    const user = await knownMember(directory);
    const challenge = aChallenge(user);
    const guess = { codeId: 'c', lane: 'strangers', kind: 'short', limit: 9 } as const;
    for (const challengeId of [challenge.id, challenge.id, 'another'])
      await directory.guessAccounts.charge(user, {
        ...guess,
        challengeId,
        attemptId: randomUUID(),
        tryId: randomUUID(),
      });
    await outcomes.approve(anApproval(user, { challenge }));
    expect((await directory.users.load(user)).shortGuesses).toBe(1);
  });

  test('a code on the way to a next step takes off its own guess alone', async () => {
    const user = await knownMember(directory);
    const attempts = [randomUUID(), randomUUID()] as const;
    const guess = { codeId: 'c', lane: 'strangers', kind: 'short', limit: 9 } as const;
    for (const attemptId of attempts)
      await directory.guessAccounts.charge(user, {
        ...guess,
        challengeId: 'c-1',
        attemptId,
        tryId: randomUUID(),
      });
    const codeId = randomUUID();
    const consume = (attemptId: string) =>
      outcomes.consumeCode(user, { codeId, factorId: null, attemptId });
    expect(await consume(attempts[0])).toBe(true);
    expect(await consume(attempts[1])).toBe(false);
    expect(await consume(attempts[0])).toBe(true);
    expect((await directory.users.load(user)).shortGuesses).toBe(1);
  });

  test('a challenge that was cancelled is never approved, and has one entry for thirty cancels', async () => {
    const user = await knownMember(directory);
    const approval = anApproval(user);
    const { challenge } = approval;
    const [entry] = anApproval(user, { challenge }).entries;
    if (!entry) throw new Error('no entry');
    const cancelled = { ...entry, type: 'challenge.cancelled' as const };
    const all = await Promise.all(
      Array.from({ length: 30 }, () => outcomes.cancel(challenge, cancelled)),
    );
    expect(new Set(all)).toEqual(new Set([true]));
    expect(await outcomes.approve(approval)).toEqual({ outcome: 'finished' });
    expect(await eventsOf(user)).toMatchObject({ 'challenge.cancelled': 1 });
    expect(await outcomes.findApproval(challenge.id)).toBeNull();
  });

  test('a challenge that was approved is not cancelled', async () => {
    const user = await knownMember(directory);
    const approval = anApproval(user);
    const [entry] = approval.entries;
    await outcomes.approve(approval);
    if (entry) expect(await outcomes.cancel(approval.challenge, entry)).toBe(false);
  });

  test('a user who is gone is not approved by a code', async () => {
    const user = await knownMember(directory);
    await directory.users.erase(user, 'p-1', anEntryOf(user));
    expect(await outcomes.approve(anApproval(user))).toEqual({ outcome: 'gone' });
  });

  test('another right code takes the place of an approval that nobody redeemed', async () => {
    const user = await knownMember(directory);
    const first = anApproval(user);
    const second = anApproval(user, { challenge: first.challenge });
    await outcomes.approve(first);
    expect(await outcomes.approve(second)).toMatchObject({ resultId: second.resultId });
    expect(await redeemed(redemption(first))).toBe('invalid');
    expect(await redeemed(redemption(second))).toBe('redeemed');
    const third = anApproval(user, { challenge: first.challenge });
    expect(await outcomes.approve(third)).toEqual({ outcome: 'finished' });
  });

  test('a result is redeemed by exactly one of fifty attempts, and by that one again', async () => {
    const user = await knownMember(directory);
    const approval = anApproval(user);
    await outcomes.approve(approval);
    const attempts = Array.from({ length: 50 }, () => redemption(approval));
    const all = await Promise.all(attempts.map((each) => redeemed(each)));
    expect(tally(all)).toEqual({ redeemed: 1, 'already-redeemed': 49 });
    const winner = attempts[all.indexOf('redeemed')];
    if (winner) expect(await redeemed(winner)).toBe('redeemed');
  });

  test('a result is for its client, its purpose and its time, and is not used up by others', async () => {
    const user = await knownMember(directory);
    const approval = anApproval(user);
    await outcomes.approve(approval);
    const good = redemption(approval);
    for (const bad of [
      { client: 'another' },
      { userId: 'another' },
      { organizationId: 'another' },
      { purpose: 'step-up' },
      { resultId: randomUUID() },
      { challengeId: randomUUID() },
    ])
      expect(await redeemed({ ...good, ...bad })).toBe('invalid');
    await database.prisma.challengeOutcome.update({
      where: { challengeId: approval.challenge.id },
      data: { resultExpiresAt: new Date(Date.now() - 1) },
    });
    expect(await redeemed(good)).toBe('invalid');
  });

  test('an approval has the verified factor, its user and its age', async () => {
    const user = await knownMember(directory);
    const { challenge, verified, ...rest } = anApproval(user);
    await outcomes.approve({ challenge, verified, ...rest });
    const { client, purpose, lane } = challenge;
    const stored = await outcomes.findApproval(challenge.id);
    expect(stored).toMatchObject({ ...user, client, purpose, lane, verified });
    expect(stored?.ageMs).toBeLessThan(aMinute);
  });

  describe('a denial', () => {
    const deny = (user: UserKey, challenge: Ended, others: Ended[] = []) => {
      const entryOf = (type: 'challenge.denied' | 'challenge.cancelled', { id }: Ended) =>
        inChallenge({ ...aStored({ ...user, id }), policy: 'off' }, type, {});
      return outcomes.deny(challenge, others, {
        denied: entryOf('challenge.denied', challenge),
        cancelled: others.map((other) => entryOf('challenge.cancelled', other)),
      });
    };

    test('makes an approval worthless, before and after it, for the same attempt too', async () => {
      const user = await knownMember(directory);
      const [before, after] = [anApproval(user), anApproval(user)];
      await outcomes.approve(before);
      for (const { challenge } of [before, after]) await deny(user, challenge);
      for (const approval of [before, after]) {
        expect(await outcomes.approve(approval)).toEqual({ outcome: 'finished' });
        expect(await redeemed(redemption(approval))).toBe('invalid');
        expect(await outcomes.findApproval(approval.challenge.id)).toBeNull();
      }
    });

    test('leaves what was redeemed to the attempt that redeemed it', async () => {
      const user = await knownMember(directory);
      const approval = anApproval(user);
      await outcomes.approve(approval);
      const result = redemption(approval);
      await redeemed(result);
      await deny(user, approval.challenge);
      expect(await redeemed(result)).toBe('redeemed');
      expect(await redeemed(redemption(approval))).toBe('already-redeemed');
      expect(await outcomes.findApproval(approval.challenge.id)).toBeNull();
    });

    test('ends others that are open, and no approval among them', async () => {
      const user = await knownMember(directory);
      const [approved, open] = [anApproval(user), anApproval(user)];
      await outcomes.approve(approved);
      await deny(user, aChallenge(user), [approved.challenge, open.challenge]);
      expect(await outcomes.approve(open)).toEqual({ outcome: 'finished' });
      expect(await redeemed(redemption(approved))).toBe('redeemed');
      expect(await eventsOf(user)).toMatchObject({ 'challenge.cancelled': 1 });
    });

    test('twenty times at once has one entry', async () => {
      const user = await knownMember(directory);
      const [challenge, other] = [aChallenge(user), aChallenge(user)];
      await Promise.all(Array.from({ length: 20 }, () => deny(user, challenge, [other])));
      expect(await eventsOf(user)).toMatchObject({
        'challenge.denied': 1,
        'challenge.cancelled': 1,
      });
    });

    test('beside an approval leaves nothing of it, whichever comes first', async () => {
      const user = await knownMember(directory);
      for (let round = 0; round < 10; round += 1) {
        const approval = anApproval(user);
        await Promise.all([outcomes.approve(approval), deny(user, approval.challenge)]);
        expect(await redeemed(redemption(approval))).toBe('invalid');
      }
    });
  });

  test('skipping a step is remembered with the approval that it leads to', async () => {
    const user = await knownMember(directory);
    const approval = anApproval(user, { codeId: null, verified: null, skipped: 'backup' });
    await outcomes.approve(approval);
    expect((await directory.users.load(user)).backupSkippedAt).toBeInstanceOf(Date);
  });

  test('what ended is forgotten when its time is over, and no sooner', async () => {
    const user = await knownMember(directory);
    const [old, recent] = [anApproval(user), anApproval(user)];
    for (const each of [old, recent]) await outcomes.approve(each);
    const { id: challengeId } = old.challenge;
    const at = new Date(Date.now() - 2 * aMinute);
    await database.prisma.challengeOutcome.update({ where: { challengeId }, data: { at } });
    await database.prisma.consumedId.update({ where: { id: old.codeId ?? '' }, data: { at } });
    await outcomes.prune(new Date(Date.now() - aMinute));
    expect(await outcomes.findApproval(challengeId)).toBeNull();
    expect(await outcomes.findApproval(recent.challenge.id)).not.toBeNull();
    const left = await database.prisma.consumedId.findMany({
      where: { id: { in: [old.codeId ?? '', recent.codeId ?? ''] } },
    });
    expect(left.map(({ id }) => id)).toEqual([recent.codeId]);
  });
});

type Ended = ChallengeApproval['challenge'];

function anEntryOf(user: UserKey) {
  const [entry] = anApproval(user).entries;
  if (!entry) throw new Error('no entry');
  return entry;
}
