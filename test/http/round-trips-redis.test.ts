/**
 * What each step of a login asks of Redis, counted on the wire: what can be asked at once is asked at once, and what
 * nobody has to wait for is not waited for. What is refused asks nothing.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { roomy } from '../support/limits.ts';
import { watchRedis } from '../support/redis-wire.ts';
import { freshRedis, startRedis } from '../support/servers.ts';
import {
  enrolled,
  problem,
  type Service,
  somebody,
  startService,
  tellOfCall,
  wrong,
} from '../support/service.ts';
import { use } from '../support/use.ts';

const wire = use(async () => watchRedis(await freshRedis()));
const service: Service = use(async () => {
  const started = await startService({
    redisUrl: wire.url,
    limits: roomy,
    env: { PUBLIC_URL: 'https://2fa.example', TOKEN_USES_PER_MINUTE: '60' },
  });
  await started.organization({ policy: 'mandatory' });
  await started.organization({ policy: 'off' }, 'free');
  return started;
});

const redeem = (token: string) =>
  service.call('POST', '/v1/results/redeem', { bearer: service.keys.panel, body: { token } });

/** Somebody whose phone has stopped ringing. */
async function owner() {
  const user = await enrolled(service);
  await tellOfCall(service, user.phone, 'completed');
  await wire.take();
  return user;
}

/** The server has each script from then on. */
beforeAll(async () => {
  for (const send of [true, false]) {
    const user = await owner();
    const screen = await user.signIn({ send });
    if (!send) await screen.send({}, { headers: { 'idempotency-key': randomUUID() } });
    await screen.enter(wrong(user.heard()));
    await redeem((await screen.enter(user.heard())).body.result.token);
  }
  await wire.take();
});

describe('a login', () => {
  test('by call: one round before the delivery, one after it; a look and a close to verify; nothing to wait for when it is redeemed', async () => {
    const user = await owner();
    const screen = await user.signIn();
    expect(screen.challenge.code?.delivery).toBe('accepted');
    expect(await wire.take()).toEqual([
      ['create', 'hold-line', 'take-budgets', 'take-turn'],
      ['change', 'name-call'],
    ]);
    const { body } = await screen.enter(user.heard());
    expect(body.status).toBe('approved');
    expect(await wire.take()).toEqual([['read', 'take-budgets'], ['look'], ['change']]);
    const redeemed = await wire.whileSilent(() => redeem(body.result.token));
    expect(redeemed.status).toBe(200);
    expect((await screen.look()).body.result).toBeNull();
    expect(await wire.take()).toEqual([['hide-result', 'read', 'take-budgets']]);
  });

  test('begun at the same time as another: it waits for its turn, and does not begin anew', async () => {
    for (let pair = 0; pair < 3; pair += 1) {
      const people = [await owner(), await owner()];
      const screens = await Promise.all(people.map((person) => person.signIn()));
      for (const { challenge } of screens) expect(challenge.code?.delivery).toBe('accepted');
      const asked = (await wire.take()).flat();
      expect(asked.filter((name) => name === 'create')).toHaveLength(2);
      expect(asked.filter((name) => name === 'give-up-turn')).toEqual([]);
    }
  });

  test('by push: one round to start', async () => {
    const device = { id: 'd-1', platform: 'ios', pushToken: `round-${randomUUID()}` };
    const person = somebody(service, { device });
    const first = await person.signIn();
    await first.addPush();
    await first.enter(service.google.codeFor(device.pushToken));
    await first.skip();
    await wire.take();
    const screen = await person.signIn();
    expect(screen.challenge.code?.method).toBe('push');
    expect(await wire.take()).toEqual([['create', 'take-budgets']]);
  });

  test('without a second factor: it is created, and approved', async () => {
    expect((await service.start({ organizationId: 'free' })).body.status).toBe('approved');
    expect(await wire.take()).toEqual([['create'], ['change']]);
  });

  test('with a wrong code: a look, and a read for the challenge in the answer', async () => {
    const user = await owner();
    const screen = await user.signIn();
    await wire.take();
    expect(await screen.enter(wrong(user.heard()))).toMatchObject(problem(422, 'code-incorrect'));
    expect(await wire.take()).toEqual([['read', 'take-budgets'], ['look'], ['read']]);
  });

  test('that is looked at: one round', async () => {
    const screen = await (await owner()).signIn();
    await wire.take();
    expect((await screen.look()).status).toBe(200);
    expect(await wire.take()).toEqual([['read', 'take-budgets']]);
  });

  test('with an idempotency key: its claim goes with the use of the token', async () => {
    const user = await owner();
    const screen = await user.signIn();
    await wire.take();
    const once = { headers: { 'idempotency-key': randomUUID() } };
    expect((await screen.enter(user.heard(), once)).body.status).toBe('approved');
    expect(await wire.take()).toEqual([
      ['claim-request', 'take-budgets'],
      ['read'],
      ['look'],
      ['change'],
      ['complete-request'],
    ]);
  });

  test('whose code is asked for later: all budgets in one round, line and turn in one', async () => {
    const screen = await (await owner()).signIn({ send: false });
    expect(await wire.take()).toEqual([['create']]);
    expect((await screen.send()).status).toBe(202);
    expect(await wire.take()).toEqual([
      ['read', 'take-budgets'],
      ['take-budgets', 'take-budgets'],
      ['hold-line', 'take-turn'],
      ['change'],
      ['change', 'name-call'],
    ]);
  });

  test('whose user had too many codes: what was asked for beside it is given back', async () => {
    const user = await owner();
    await service.budget({ CODES_PER_USER_HOUR: '1' });
    await user.signIn();
    await wire.take();
    expect((await user.signIn()).challenge.code).toBeNull();
    const asked = (await wire.take()).flat();
    for (const name of ['take-turn', 'give-up-turn', 'hold-line', 'leave-line'])
      expect(asked.filter((one) => one === name)).toHaveLength(1);
    await service.budget({});
  });
});

describe('a request that is refused asks nothing', () => {
  const large = { code: '0'.repeat(16 * 1024 - 20) };
  const verify = (bearer: string, body: object = large) =>
    service.call('POST', '/v1/challenge/verify', { bearer, body });

  beforeEach(async () => void (await wire.take()));

  test('with a bad token or key, however much it brings', async () => {
    for (const bearer of ['x', 'a.b.c', service.keys.panel])
      expect(await verify(bearer)).toMatchObject(problem(401, 'unauthenticated'));
    const unknown = service.keys.qaller.replace(/^dck_[0-9a-f]+/, `dck_${'0'.repeat(16)}`);
    for (const key of [unknown, `${service.keys.panel}x`])
      expect((await service.start({}, { bearer: key })).status).toBe(401);
    expect(await wire.take()).toEqual([]);
  });

  test('with a body that is not what the call takes, or a forged result', async () => {
    const odd = { organizationId: { large: large.code.slice(300) } };
    expect((await service.start(odd)).status).toBe(400);
    expect((await service.start({ organizationId: 'x'.repeat(17 * 1024) })).status).toBe(413);
    expect((await redeem(`${randomUUID()}.x.y`)).status).toBe(422);
    expect(await wire.take()).toEqual([]);
  });

  test('with a token that was used too often, from the second time on', async () => {
    const screen = await (await owner()).signIn();
    await wire.take();
    const answers = await Promise.all(Array.from({ length: 300 }, () => screen.look()));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
    const reads = (await wire.take()).flat().filter((name) => name === 'read');
    // So many are counted at once, and each is read meanwhile.
    expect(reads.length).toBeLessThan(60 + 2 * 64);
    for (let i = 0; i < 10; i += 1) expect((await verify(screen.token)).status).toBe(429);
    expect(await wire.take()).toEqual([]);
  });
});

test('a finished login has at most 1,500 bytes in Redis, with all that it left anywhere', async () => {
  const server = await startRedis();
  const own = await startService({ redisUrl: server.url, limits: roomy });
  const redis = new Redis(server.url);
  try {
    await own.organization({ policy: 'mandatory' });
    const people = await Promise.all(Array.from({ length: 20 }, () => enrolled(own)));
    await redis.flushdb();
    for (const person of people) {
      const screen = await person.signIn({ app: { name: 'qaller', version: '3.2.0' } });
      const { body } = await screen.enter(person.heard());
      const token = body.result.token;
      await own.call('POST', '/v1/results/redeem', { bearer: own.keys.panel, body: { token } });
    }
    const keys = await redis.keys('*');
    const bytes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    const all = bytes.reduce<number>((sum, each) => sum + Number(each), 0);
    expect(all / people.length).toBeLessThan(1_500);
  } finally {
    redis.disconnect();
    await own.close();
    await server.stop();
  }
});
