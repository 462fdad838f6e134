/** However often and at once somebody calls, the trail gets one entry for one thing. */
import { describe, expect, test } from '@jest/globals';
import { query } from '../support/guessing.ts';
import { problem, somebody, useService } from '../support/service.ts';

const service = useService({ policy: 'optional', env: { STARTS_PER_USER_MINUTE: '20' } });

const entriesOf = async (challengeId: string, type: string) =>
  (
    await query(service, 'SELECT 1 FROM events WHERE challenge_id = $1 AND type = $2', [
      challengeId,
      type,
    ])
  ).length;

test('thirty skips at once are one approval, with one entry and one result', async () => {
  const { skip, challenge, look } = await somebody(service).signIn();
  const answers = await Promise.all(Array.from({ length: 30 }, () => skip()));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await entriesOf(challenge.id, 'challenge.approved')).toBe(1);
  expect(await entriesOf(challenge.id, 'enrolment.skipped')).toBe(1);
  expect((await look()).body.result.token).toEqual(expect.any(String));
});

test('thirty cancels at once write one entry', async () => {
  const { cancel, challenge } = await somebody(service).signIn();
  const answers = await Promise.all(Array.from({ length: 30 }, () => cancel()));
  expect(answers.every(({ status }) => status === 204)).toBe(true);
  expect(await entriesOf(challenge.id, 'challenge.cancelled')).toBe(1);
});

describe('starts of one user', () => {
  test('are bounded in a minute, and write no more entries than that', async () => {
    const user = somebody(service);
    const start = () => service.start({ userId: user.userId });
    for (let i = 0; i < 20; i += 1) expect((await start()).status).toBe(201);
    const refused = await start();
    expect(refused).toMatchObject(problem(429, 'too-many-requests'));
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const started = await query(service, 'SELECT 1 FROM events WHERE user_id = $1', [user.userId]);
    expect(started).toHaveLength(20);
    expect((await somebody(service).signIn()).challenge.status).toBe('enrol');
    await service.advance(60_000);
    expect((await start()).status).toBe(201);
  });
});
