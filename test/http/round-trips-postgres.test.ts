/**
 * What each step of a login asks of PostgreSQL, counted on the wire: one read at its start, and one commit for each thing that
 * has to be on disk before the next. What is refused asks nothing.
 */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { onKnownDevice } from '../support/known-browser.ts';
import { roomy } from '../support/limits.ts';
import { watchPostgres } from '../support/postgres-wire.ts';
import { freshDatabase } from '../support/servers.ts';
import { enrolled, problem, type Service, startService, wrong } from '../support/service.ts';
import { use } from '../support/use.ts';

const wire = use(async () => watchPostgres(await freshDatabase()));
const service: Service = use(async () => {
  const started = await startService({ databaseUrl: wire.url, limits: roomy });
  await started.organization({ policy: 'mandatory' });
  await started.organization({ policy: 'off' }, 'free');
  return started;
});

/** The hot statements by their names; the key of a client is looked up again after some seconds, in any step. */
function asked(): string[] {
  const { statements, roundTrips } = wire.take();
  expect(roundTrips).toBe(statements.length);
  return statements.map(nameOf).filter((name) => name !== 'find keys');
}

function nameOf(text: string): string {
  if (/FROM clients WHERE id = ANY/.test(text)) return 'find keys';
  if (text.includes('load_users(')) return 'read';
  return text.includes('write_changes(') ? 'write' : text;
}

const redeem = (token: string) =>
  service.call('POST', '/v1/results/redeem', { bearer: service.keys.panel, body: { token } });

describe('a login', () => {
  beforeEach(async () => {
    await enrolled(service);
    wire.take();
  });

  test('without a second factor is one read and one write', async () => {
    await service.start({ organizationId: 'free' });
    wire.take();
    const { body } = await service.start({ organizationId: 'free' });
    expect(body.status).toBe('approved');
    expect(asked()).toEqual(['read', 'write']);
  });

  test('from an app that brings the device that is known asks no more than any other', async () => {
    const user = await enrolled(service);
    const app = { name: 'qaller', version: '3.2.0' };
    const device = { id: 'd-1', platform: 'ios', pushToken: `token-${user.userId}` };
    const first = await user.signIn({ app, device });
    await first.enter(user.heard());
    const screen = await user.signIn({ app, device });
    wire.take();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    expect(asked()).toEqual(['write', 'write']);
  });

  test('by call is one read and two writes to start, two to verify and one to redeem', async () => {
    const user = await enrolled(service);
    wire.take();
    const screen = await user.signIn();
    expect(screen.challenge.code?.delivery).toBe('accepted');
    expect(asked()).toEqual(['read', 'write', 'write']);
    const { body } = await screen.enter(user.heard());
    expect(body.status).toBe('approved');
    expect(asked()).toEqual(['write', 'write']);
    expect((await redeem(body.result.token)).status).toBe(200);
    expect(asked()).toEqual(['write']);
  });

  test('on a known device asks as often, and without a code just once to start and once to redeem', async () => {
    const { user, browser } = await onKnownDevice(service);
    // The notice about the new device is over then.
    await browser.finish(await browser.signIn());
    wire.take();
    const screen = await browser.signIn();
    expect(asked()).toEqual(['write', 'write', 'write']);
    const { body } = await screen.enter(user.heard());
    expect(asked()).toEqual(['write', 'write']);
    expect((await browser.redeem(body.result.token)).body.knownDevice).not.toBeNull();
    expect(asked()).toEqual(['write']);
    const knownDevices = { skipCode: true };
    await service.organization({ policy: 'mandatory', knownDevices });
    wire.take();
    const { challenge } = await browser.signIn();
    expect(challenge.status).toBe('approved');
    expect(asked()).toEqual(['write', 'write']);
    await browser.redeem(challenge.result?.token ?? '');
    expect(asked()).toEqual(['write']);
    await service.organization({ policy: 'mandatory' });
  });

  test('with a wrong code is two writes, and one read for the challenge in the answer', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    wire.take();
    expect(await screen.enter(wrong(user.heard()))).toMatchObject(problem(422, 'code-incorrect'));
    expect(asked()).toEqual(['write', 'write', 'read']);
  });

  test('of many at once shares its statements: less than two for each', async () => {
    const people: Awaited<ReturnType<typeof enrolled>>[] = [];
    for (let count = 0; count < 20; count += 1) people.push(await enrolled(service));
    wire.take();
    const screens = await Promise.all(people.map((user) => user.signIn()));
    await Promise.all(
      screens.map(async (screen, at) => {
        const { body } = await screen.enter(people[at]?.heard() ?? null);
        expect((await redeem(body.result.token)).status).toBe(200);
      }),
    );
    expect(asked().length).toBeLessThan(2 * people.length);
  });

  test('plans no statement: each is known to its connection by name', async () => {
    const user = await enrolled(service);
    for (let times = 0; times < 3; times += 1) {
      wire.take();
      const screen = await user.signIn();
      await screen.enter(user.heard());
    }
    const { parsed, statements } = wire.take();
    expect(statements.length).toBeGreaterThan(4);
    expect(parsed.map(nameOf).filter((name) => name !== 'find keys')).toEqual([]);
  });
});

describe('a request that is refused asks nothing', () => {
  const post = (url: string, bearer: string, body: object) =>
    service.call('POST', url, { bearer, body });
  const large = { code: '0'.repeat(16 * 1024 - 20) };

  beforeEach(() => void wire.take());

  test('with a bad token, however much it brings', async () => {
    for (const bearer of ['x', `${service.keys.panel}x`, 'a.b.c'])
      expect(await post('/v1/challenge/verify', bearer, large)).toMatchObject(
        problem(401, 'unauthenticated'),
      );
    expect(asked()).toEqual([]);
  });

  test('with a key that is unknown, from the second time on', async () => {
    const unknown = service.keys.qaller.replace(/^dck_[0-9a-f]+/, `dck_${'0'.repeat(16)}`);
    await post('/v1/challenges', unknown, {});
    wire.take();
    expect(await post('/v1/challenges', unknown, large)).toMatchObject(
      problem(401, 'unauthenticated'),
    );
    expect(wire.take().statements).toEqual([]);
  });

  test('with a body that is not what the call takes', async () => {
    expect((await post('/v1/challenges', service.keys.panel, large)).status).toBe(400);
    const tooLarge = { code: '0'.repeat(17 * 1024) };
    expect((await post('/v1/challenges', service.keys.panel, tooLarge)).status).toBe(413);
    expect((await redeem(`${randomUUID()}.x.y`)).status).toBe(422);
    expect(asked()).toEqual([]);
  });
});
