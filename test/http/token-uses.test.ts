/** A challenge token may be used 120 times a minute, on all replicas together. */
import { expect, test } from '@jest/globals';
import { enrolled, problem, useService } from '../support/service.ts';

const service = useService({ replicas: 2, env: { TOKEN_USES_PER_MINUTE: '120' } });

test('a token that was used 120 times in a minute is refused until there is room', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  for (let i = 0; i < 120; i += 1) expect((await screen.look({ replica: i % 2 })).status).toBe(200);
  for (const replica of [0, 1, 0, 1]) {
    const refused = await screen.look({ replica });
    const { id } = screen.challenge;
    expect(refused).toMatchObject(problem(429, 'too-many-requests', { challenge: { id } }));
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
  }
  expect(await screen.enter(user.heard())).toMatchObject(problem(429, 'too-many-requests'));
});

test('another token, also of the same user, is not concerned', async () => {
  const user = await enrolled(service);
  const [one, other] = [await user.signIn({ send: false }), await user.signIn()];
  for (let i = 0; i < 121; i += 1) await one.look();
  expect((await one.look()).status).toBe(429);
  expect((await other.enter(user.heard())).body.status).toBe('approved');
});

test('a long poll counts once', async () => {
  const screen = await (await enrolled(service)).signIn();
  const { token: bearer } = screen;
  expect((await service.call('GET', '/v1/challenge?wait=1', { bearer })).status).toBe(200);
  for (let i = 0; i < 119; i += 1) expect((await screen.look()).status).toBe(200);
  expect((await screen.look()).status).toBe(429);
});
