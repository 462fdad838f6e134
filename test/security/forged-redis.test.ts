/** The attack: somebody can write to Redis. They say there that a challenge was approved, or a factor verified. */
import { expect, test } from '@jest/globals';
import { anotherPhone, enrolled, problem, signIn, useService } from '../support/service.ts';

const service = useService();

/** Writes fields of a challenge, as an attacker with Redis but without the secrets. */
async function forge(challengeId: string, fields: Record<string, unknown>): Promise<void> {
  const [key = ''] = await service.redis.keys(`dc:*:challenge:${challengeId}`);
  const texts = Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]);
  await service.redis.hset(key, Object.fromEntries(texts));
  await service.redis.hincrby(key, 'version', 1);
}

const approval = {
  resultId: 'b0a7b1f2-0000-4000-8000-000000000000',
  amr: ['pwd', 'mfa', 'otp', 'tel'],
  at: Date.now(),
  resultExpiresAt: Date.now() + 60_000,
};

test('an approval that was written there gives no result', async () => {
  const user = await enrolled(service);
  const { look, challenge } = await user.signIn();
  await forge(challenge.id, { outcome: 'approved', approval });
  expect((await look()).body.result).toBeNull();
});

test('the approval of another challenge that was copied there gives no result', async () => {
  const user = await enrolled(service);
  const mine = await user.signIn();
  await mine.enter(user.heard());
  const [from = ''] = await service.redis.keys(`dc:*:challenge:${mine.challenge.id}`);
  const sealed = JSON.parse((await service.redis.hget(from, 'approval')) ?? 'null');
  const victim = await enrolled(service);
  const { look, challenge } = await victim.signIn();
  await forge(challenge.id, { outcome: 'approved', approval: sealed });
  expect((await look()).body.result).toBeNull();
});

test('an approval that was written there is no step-up', async () => {
  const user = await enrolled(service);
  const { challenge } = await user.signIn();
  const factorId = challenge.factors[0]?.id;
  const verified = { method: 'call', factorId };
  await forge(challenge.id, { outcome: 'approved', approval, verified });
  const answer = await service.call('POST', `/v1/organizations/acme/users/${user.userId}/factors`, {
    bearer: service.keys.panel,
    headers: { 'x-actor': user.userId, 'x-challenge-id': challenge.id },
    body: { method: 'call', phoneNumber: anotherPhone },
  });
  expect(answer).toMatchObject(problem(403, 'step-up-required'));
});

test('a factor that was verified there opens no enrolment', async () => {
  const user = await enrolled(service);
  const { addPhone, challenge } = await user.signIn();
  await forge(challenge.id, { verified: { method: 'call', factorId: challenge.factors[0]?.id } });
  expect(await addPhone(anotherPhone)).toMatchObject(problem(403, 'verification-required'));
});

test('a challenge that was cancelled and made open again there lets nobody in', async () => {
  const user = await enrolled(service);
  const screen = await signIn(service, { userId: user.userId });
  const [key = ''] = await service.redis.keys(`dc:*:challenge:${screen.challenge.id}`);
  const dump = await service.redis.dumpBuffer(key);
  const code = user.heard();
  await screen.cancel();
  await service.redis.restore(key, 600_000, dump ?? '', 'REPLACE');
  expect(await screen.enter(code)).toMatchObject(problem(409, 'challenge-finished'));
});

test('a result whose approval Redis forgot can be redeemed all the same', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const { body } = await screen.enter(user.heard());
  await service.redis.flushdb();
  const redeemed = await service.call('POST', '/v1/results/redeem', {
    bearer: service.keys.panel,
    body: { token: body.result.token },
  });
  expect(redeemed).toMatchObject({ status: 200, body: { sub: user.userId, purpose: 'login' } });
});

test('a result of another purpose is refused, and not used up by that', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn({ purpose: 'step-up' });
  const { body } = await screen.enter(user.heard());
  const redeem = (more: object) =>
    service.call('POST', '/v1/results/redeem', {
      bearer: service.keys.panel,
      body: { token: body.result.token, ...more },
    });
  expect(await redeem({})).toMatchObject(problem(422, 'result-invalid'));
  expect((await redeem({ purpose: 'step-up' })).body.purpose).toBe('step-up');
});
