/** A sending that was refused is seen by those who operate the service. */
import { expect, test } from '@jest/globals';
import { enrolled, problem, useService } from '../support/service.ts';

const service = useService({ env: { CODES_PER_USER_UNAPPROVED: '1' } });

async function refusals(userId: string): Promise<object[]> {
  const path = `/v1/organizations/acme/events?userId=${userId}`;
  const { body } = await service.call('GET', path, { bearer: service.keys.panel });
  return body.items.filter(({ type }: { type: string }) => type === 'sending.refused');
}

async function counted(reason: string): Promise<number> {
  const { body } = await service.call('GET', '/metrics');
  const line = `doublecheck_sendings_refused_total{method="call",reason="${reason}"} `;
  return Number(String(body).split(line)[1]?.split('\n')[0] ?? 0);
}

test('a login without a code says why in the trail, once, and in the metrics each time', async () => {
  const user = await enrolled(service);
  await user.signIn();
  const before = await counted('too-many-requests');
  const screen = await user.signIn();
  expect(screen.challenge.code).toBeNull();
  for (let i = 0; i < 4; i += 1)
    expect(await screen.send()).toMatchObject(problem(429, 'too-many-requests'));
  expect(await refusals(user.userId)).toEqual([
    expect.objectContaining({
      challengeId: screen.challenge.id,
      details: { method: 'call', reason: 'too-many-requests' },
    }),
  ]);
  expect(await counted('too-many-requests')).toBe(before + 5);
});

test('a button pressed too early is counted, and is no entry', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const before = await counted('resend-too-early');
  await screen.send();
  expect(await counted('resend-too-early')).toBe(before + 1);
  expect(await refusals(user.userId)).toEqual([]);
});
