/**
 * The attack: an attacker who can write to Redis replaces an unknown code by a known one. A stored
 * code is bound to its challenge, its sending and its factor: elsewhere it is worthless.
 */
import { expect, test } from '@jest/globals';
import { challengeKey } from '../../src/adapters/redis/keys.ts';
import { enrolled, problem, useService } from '../support/service.ts';

const service = useService();

type Person = Awaited<ReturnType<typeof enrolled>>;

/** A login under way: its code, what is kept of it, and where. */
async function login(user: Person) {
  const screen = await user.signIn();
  const { id } = screen.challenge;
  const key = challengeKey({ organizationId: 'acme', userId: user.userId, id });
  const kept = JSON.parse((await service.redis.hget(key, 'code')) ?? '{}');
  return { screen, code: user.heard(), kept, plant: (code: object) => put(key, code) };
}

const put = (key: string, code: object) => service.redis.hset(key, 'code', JSON.stringify(code));

/** A login of this user whose code is another than the given one. */
async function otherLogin(user: Person, code: string | null) {
  for (;;) {
    const other = await login(user);
    if (other.code !== code) return other;
  }
}

const incorrect = problem(422, 'code-incorrect');

test('a code of one login, put in another of the same user, opens nothing there', async () => {
  const user = await enrolled(service);
  const one = await login(user);
  const two = await otherLogin(user, one.code);
  await two.plant(one.kept);
  expect(await two.screen.enter(one.code)).toMatchObject(incorrect);
  expect((await one.screen.enter(one.code)).body.status).toBe('approved');
});

test('a code of somebody’s own, put in the login of another user, opens nothing there', async () => {
  const [thief, victim] = [await enrolled(service), await enrolled(service)];
  const own = await login(thief);
  const target = await otherLogin(victim, own.code);
  const { factorId } = target.kept;
  await target.plant({ ...own.kept, factorId });
  expect(await target.screen.enter(own.code)).toMatchObject(incorrect);
  await target.plant({ ...target.kept, mac: own.kept.mac });
  expect(await target.screen.enter(own.code)).toMatchObject(incorrect);
});

test('a code of one sending is invalid for another, and an unknown key opens nothing', async () => {
  const user = await enrolled(service);
  const { screen, code, kept, plant } = await login(user);
  await plant({ ...kept, id: `${kept.id}-other` });
  expect(await screen.enter(code)).toMatchObject(incorrect);
  await plant({ ...kept, keyId: 'nobody' });
  expect(await screen.enter(code)).toMatchObject(problem(409, 'code-not-sent'));
  await plant(kept);
  expect((await screen.enter(code)).body.status).toBe('approved');
});
