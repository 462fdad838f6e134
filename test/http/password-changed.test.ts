/** A user with a new password: what was guessed with the old one no longer counts. */
import { describe, expect, test } from '@jest/globals';
import { accountOf, guessWrong, query, untilCareful, untilLocked } from '../support/guessing.ts';
import { enrolled, problem, somebody, useService } from '../support/service.ts';
import { atSettings, owner, prove } from '../support/settings-page.ts';
import { useEach } from '../support/use.ts';

const service = useService();

const user = useEach(() => enrolled(service));

const as = (actor: string, challengeId: string | null, bearer = service.keys.users) =>
  atSettings(service, { userId: user.userId, actor, challengeId, bearer });
const asAdmin = () => as('boss', null, service.keys.panel);
const stepUpRequired = problem(403, 'step-up-required');

describe('sent by the user with a fresh second factor', () => {
  test('clears the account of wrong guesses: four digits again', async () => {
    await untilCareful(user);
    const before = await user.signIn();
    expect(before.challenge.code).toMatchObject({ length: 8 });
    await before.cancel();
    const challengeId = await prove(user);
    const answer = await as(user.userId, challengeId).passwordChanged();
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(await accountOf(service, user)).toEqual({ short: 0, long: 0 });
    expect((await user.signIn()).challenge.code).toMatchObject({ length: 4 });
  });

  test('does not lift a lock by a proof of the lane that is locked', async () => {
    const challengeId = await prove(user);
    await untilLocked(user);
    expect(await as(user.userId, challengeId).passwordChanged()).toMatchObject(stepUpRequired);
    expect((await user.signIn()).challenge.status).toBe('locked');
  });

  test('lifts a lock by a proof of another lane', async () => {
    const challengeId = await prove(user);
    const text = `UPDATE challenge_outcomes SET lane = 'd-1' WHERE challenge_id = $1`;
    await query(service, text, [challengeId]);
    await untilLocked(user);
    const page = as(user.userId, challengeId);
    expect((await page.passwordChanged()).status).toBe(204);
    expect((await page.read()).body.lockedUntil).toBeNull();
    expect((await user.signIn()).challenge).toMatchObject({
      status: 'verify',
      code: { length: 4 },
    });
  });

  test('lifts a lock by a recovery code', async () => {
    const { codes } = (await as(user.userId, await prove(user)).makeCodes()).body;
    await untilLocked(user);
    const screen = await user.signIn();
    const { body } = await screen.prove({ recoveryCode: codes[0] });
    expect(body.status).toBe('approved');
    expect((await as(user.userId, body.id).passwordChanged()).status).toBe(204);
    expect((await user.signIn()).challenge).toMatchObject({
      status: 'verify',
      code: { length: 4 },
    });
  });

  test('leaves the factors as they are, and no login under way ends', async () => {
    const { page, user: one } = await owner(service);
    const open = await one.signIn();
    const numbers = await page.numbers();
    expect((await page.passwordChanged()).status).toBe(204);
    expect(await page.numbers()).toEqual(numbers);
    expect((await open.enter(one.heard())).body.status).toBe('approved');
  });

  test('may be sent twice', async () => {
    const page = as(user.userId, await prove(user));
    expect((await page.passwordChanged()).status).toBe(204);
    expect((await page.passwordChanged()).status).toBe(204);
  });
});

describe('sent by the user without a fresh second factor', () => {
  test.each<[what: string, proof: () => Promise<string | null>]>([
    ['no challenge', async () => null],
    ['a challenge of somebody else', async () => prove(await enrolled(service))],
    ['a challenge that is not approved', async () => (await user.signIn()).challenge.id],
    [
      'a challenge of another client',
      async () => {
        const screen = await user.signIn({}, { bearer: service.keys.qaller });
        return (await screen.enter(user.heard())).body.id;
      },
    ],
    [
      'a challenge of more than 15 minutes ago',
      async () => {
        const challengeId = await prove(user);
        await service.advance(15 * 60_000 + 1);
        return challengeId;
      },
    ],
  ])('is refused, and clears nothing: %s', async (_what, proof) => {
    const challengeId = await proof();
    await guessWrong(user, 2);
    expect(await as(user.userId, challengeId).passwordChanged()).toMatchObject(stepUpRequired);
    expect(await accountOf(service, user)).toEqual({ short: 2, long: 0 });
  });

  test('is refused to an administrator who is that user', async () => {
    const page = as(user.userId, null, service.keys.panel);
    expect(await page.passwordChanged()).toMatchObject(stepUpRequired);
  });

  test('is refused alike to a user without a factor and to one never seen', async () => {
    const bare = somebody(service);
    const screen = await bare.signIn();
    await screen.addPhone(bare.phone);
    const refusals = [];
    for (const userId of [bare.userId, 'never-seen']) {
      const answer = await atSettings(service, {
        userId,
        challengeId: screen.challenge.id,
      }).passwordChanged();
      expect(answer).toMatchObject(stepUpRequired);
      refusals.push({ ...answer.body, instance: null });
    }
    expect(refusals[0]).toEqual(refusals[1]);
  });
});

describe('sent by an administrator for someone else', () => {
  test('needs no challenge, clears the account and lifts the lock', async () => {
    await untilLocked(user);
    const waiting = await user.signIn();
    expect(waiting.challenge.status).toBe('locked');
    expect((await asAdmin().passwordChanged()).status).toBe(204);
    expect((await asAdmin().read()).body.lockedUntil).toBeNull();
    const { items } = (await asAdmin().all('?state=locked')).body;
    expect(items.map(({ userId }: { userId: string }) => userId)).not.toContain(user.userId);
    expect(await accountOf(service, user)).toEqual({ short: 0, long: 0 });
    expect((await waiting.send()).body.code).toMatchObject({ length: 4 });
    expect((await waiting.enter(user.heard())).body.status).toBe('approved');
  });

  test('is refused to a client that is no admin', async () => {
    const challengeId = await prove(user);
    const refused = await as('boss', challengeId).passwordChanged();
    expect(refused).toMatchObject(problem(403, 'actor-not-owner'));
  });

  test('forgets no codes that were sent: only an unlock does', async () => {
    const budgeted = await enrolled(service);
    await service.budget({ CODES_PER_USER_UNAPPROVED: '1' });
    try {
      await budgeted.signIn();
      const at = { userId: budgeted.userId, actor: 'boss', bearer: service.keys.panel };
      const admin = atSettings(service, at);
      expect((await admin.passwordChanged()).status).toBe(204);
      expect((await budgeted.signIn()).challenge.code).toBeNull();
      expect((await admin.unlock()).status).toBe(204);
      expect((await budgeted.signIn()).challenge.code).not.toBeNull();
    } finally {
      await service.budget({});
    }
  });
});
