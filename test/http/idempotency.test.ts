/** Idempotency-Key: sent again, a request is answered again; nothing is done twice. */
import { randomUUID } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { enrolled, problem, type Request, useService, wrong } from '../support/service.ts';
import { useEach } from '../support/use.ts';

const service = useService({ replicas: 3 });
const user = useEach(() => enrolled(service));

const keyed = (key = randomUUID() as string) => ({ headers: { 'idempotency-key': key } });

const aLogin = () => ({
  organizationId: 'acme',
  userId: user.userId,
  app: { name: 'company-panel' },
});

function start(request: Request = {}) {
  const { panel } = service.keys;
  return service.call('POST', '/v1/challenges', { bearer: panel, body: aLogin(), ...request });
}

const callsTo = (phone: string) =>
  service.twilio.requests.filter(({ body }) => body['To'] === phone).length;

describe('the same request again', () => {
  test('gets the first one’s answer, and no user is called twice', async () => {
    const before = callsTo(user.phone);
    const once = keyed();
    const first = await start(once);
    for (const replica of [0, 1, 2]) {
      const again = await start({ ...once, replica });
      expect(again).toMatchObject({ status: 201, body: first.body });
      expect(again.headers).toMatchObject({
        'content-type': first.headers['content-type'],
        'idempotency-replayed': 'true',
        'cache-control': 'no-store',
      });
    }
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(callsTo(user.phone)).toBe(before + 1);
  });

  test('at once on all replicas does the work once, and the others have to wait', async () => {
    const before = callsTo(user.phone);
    const once = keyed();
    const many = Array.from({ length: 30 }, (_, i) => start({ ...once, replica: i % 3 }));
    const answers = await Promise.all(many);
    const underWay = answers.filter(({ status }) => status === 409);
    for (const answer of underWay) {
      expect(answer).toMatchObject(problem(409, 'request-in-progress'));
      expect(answer.headers['retry-after']).toBe('1');
    }
    const ids = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(1);
    expect(ids.length + underWay.length).toBe(30);
    expect(callsTo(user.phone)).toBe(before + 1);
  });

  test('charges no second attempt for a wrong code', async () => {
    const screen = await user.signIn();
    const once = keyed();
    for (let i = 0; i < 3; i += 1)
      expect(await screen.enter(wrong(user.heard()), once)).toMatchObject(
        problem(422, 'code-incorrect', { attemptsRemaining: 4 }),
      );
    expect((await screen.look()).body.code.attemptsRemaining).toBe(4);
  });

  test('of a right code brings the same result', async () => {
    const screen = await user.signIn();
    const once = keyed();
    const first = await screen.enter(user.heard(), once);
    expect(first.body.status).toBe('approved');
    expect((await screen.enter(user.heard(), { ...once, replica: 2 })).body).toEqual(first.body);
    expect(await screen.enter(user.heard(), keyed())).toMatchObject(
      problem(409, 'challenge-finished'),
    );
  });

  test('of a redemption brings the same claims, and another one does not', async () => {
    const screen = await user.signIn();
    const { body } = await screen.enter(user.heard());
    const redeem = (more: Request) =>
      service.call('POST', '/v1/results/redeem', {
        bearer: service.keys.panel,
        body: { token: body.result.token },
        ...more,
      });
    const once = keyed();
    const first = await redeem(once);
    expect(first.status).toBe(200);
    expect((await redeem({ ...once, replica: 1 })).body).toEqual(first.body);
    expect(await redeem(keyed())).toMatchObject(problem(409, 'result-already-redeemed'));
  });

  test('10 minutes later is a new one', async () => {
    const once = keyed();
    const first = await start(once);
    await service.advance(600_000);
    const later = await start(once);
    expect(later.status).toBe(201);
    expect(later.body.id).not.toBe(first.body.id);
  });
});

describe('what is another request', () => {
  test('is one with another body: it is refused, and nothing is done', async () => {
    const before = callsTo(user.phone);
    const once = keyed();
    await start(once);
    const other = { ...aLogin(), language: 'en-GB' };
    expect(await start({ ...once, body: other })).toMatchObject(
      problem(422, 'idempotency-key-reused'),
    );
    expect(callsTo(user.phone)).toBe(before + 1);
  });

  test('is one to another address with the same key', async () => {
    const screen = await user.signIn();
    const once = keyed();
    await screen.enter(wrong(user.heard()), once);
    expect(await screen.send({}, once)).toMatchObject(problem(422, 'idempotency-key-reused'));
  });

  test('is one of another client, or in another challenge: keys are the holder’s own', async () => {
    const once = keyed();
    const first = await start(once);
    const other = await start({ ...once, bearer: service.keys.qaller });
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(first.body.id);
    const [one, two] = [await user.signIn(), await user.signIn()];
    await one.enter(wrong(user.heard()), once);
    expect((await two.enter(wrong(user.heard()), once)).status).toBe(422);
    expect((await two.look()).body.code.attemptsRemaining).toBe(4);
  });

  test('is useless to a caller without a valid credential', async () => {
    const once = keyed();
    await start(once);
    expect(await start({ ...once, bearer: 'dc_no_key' })).toMatchObject(
      problem(401, 'unauthenticated'),
    );
  });
});

test('a key that is none is refused by its name', async () => {
  for (const key of ['', 'two words', 'é', 'x'.repeat(256)])
    expect(await start({ headers: { 'idempotency-key': key } })).toMatchObject(
      problem(400, 'invalid-request', { errors: [{ pointer: '/idempotency-key' }] }),
    );
});

test('what is refused before anything is looked at is not stored', async () => {
  const once = keyed();
  expect((await start({ ...once, body: { ...aLogin(), unknown: 1 } })).status).toBe(400);
  expect((await start(once)).status).toBe(201);
});

test('a refusal that charged nothing is worked out anew, with a truthful wait', async () => {
  const screen = await user.signIn();
  const once = keyed();
  const first = await screen.send({}, once);
  expect(first).toMatchObject(problem(429, 'resend-too-early'));
  await service.advance(10_000);
  const again = await screen.send({}, once);
  expect(again).toMatchObject(problem(429, 'resend-too-early'));
  expect(again.headers).not.toHaveProperty('idempotency-replayed');
  const waited = Number(first.headers['retry-after']) - Number(again.headers['retry-after']);
  expect(waited).toBeGreaterThanOrEqual(10);
  expect(waited).toBeLessThan(20);
  await service.advance(20_000);
  expect((await screen.send({}, once)).status).toBe(202);
});

test('refused calls with new keys do not fill the memory', async () => {
  const screen = await user.signIn();
  const redis = new Redis(service.redisUrl);
  const stored = async () => (await redis.keys('dc:{r:*')).length;
  const before = await stored();
  for (let i = 0; i < 20; i += 1) {
    expect((await screen.send({}, keyed())).status).toBe(429);
    expect((await screen.skip(keyed())).status).toBe(403);
  }
  expect(await stored()).toBe(before);
  await redis.quit();
});

test('a failure is not stored: the retry does the work', async () => {
  const screen = await user.signIn();
  await service.advance(30_000);
  const once = keyed();
  service.twilio.answerWith(400);
  expect(await screen.send({}, once)).toMatchObject(problem(502, 'delivery-failed'));
  service.twilio.answerWith('success');
  expect((await screen.send({}, once)).status).toBe(202);
});

test('a request whose replica died is under way for 20 seconds, then the retry does the work', async () => {
  const once = keyed();
  const { died, comeBack } = await startOnDying(once);
  expect(await start({ ...once, replica: 1 })).toMatchObject(problem(409, 'request-in-progress'));
  const claimLives = await claimUnderWay();
  await service.advance(20_000);
  const retry = await start({ ...once, replica: 1 });
  expect(retry.status).toBe(201);
  expect(retry.body.id).not.toBe(died.body.id);
  await comeBack();
  expect((await start({ ...once, replica: 2 })).body).toEqual(retry.body);
  // A caller waits as long again as it has been under way, and not beyond the end of its claim.
  for (const [ms, seconds] of [
    [19_900, '1'],
    [13_900, '7'],
    [2_900, '3'],
  ] as const) {
    await claimLives(ms);
    expect((await start(once)).headers['retry-after']).toBe(seconds);
  }
});

/** Starts on a replica that does not end its claim, until `comeBack`: too late. */
async function startOnDying(request: Request) {
  const { idempotency } = service.parts.live;
  const complete = jest.spyOn(idempotency, 'complete').mockReturnValueOnce(new Promise(() => {}));
  const died = await start(request);
  const [claim, answer] = complete.mock.calls[0] ?? [];
  complete.mockRestore();
  if (!claim || !answer) throw new Error('the claim was not ended');
  return { died, comeBack: () => idempotency.complete(claim, answer) };
}

/** Puts the claim of the request that is under way back, with so long to live. */
async function claimUnderWay(): Promise<(ms: number) => Promise<unknown>> {
  const { redis } = service;
  const keys = await redis.keys('dc:{r:*');
  const stored = await Promise.all(keys.map((key) => redis.hmget(key, 'asked', 'answer')));
  const key = keys[stored.findIndex(([asked, answer]) => asked && !answer)] ?? '';
  const dump = await redis.dumpBuffer(key);
  return (ms) => redis.restore(key, ms, dump ?? '', 'REPLACE');
}
