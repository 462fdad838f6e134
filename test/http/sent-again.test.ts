/** A request that fails after its call was placed finds that call when it is sent again with its key. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  enrolled,
  problem,
  type Request,
  type Service,
  somebody,
  startService,
} from '../support/service.ts';
import { trailCut } from '../support/trail-cut.ts';

let service: Service;
let trail: Awaited<ReturnType<typeof trailCut>>;

beforeAll(async () => {
  service = await startService({ env: { CODES_PER_USER_UNAPPROVED: '2' } });
  await service.organization({ policy: 'mandatory' });
  await service.organization({ policy: 'off' }, 'open');
  trail = await trailCut(service);
});

afterAll(async () => {
  await trail.onlooker.end();
  await service.close();
});

beforeEach(() => service.twilio.answerWith('success'));

const keyed = (): Request => ({ headers: { 'idempotency-key': randomUUID() } });

const callsTo = (phone: string) =>
  service.twilio.requests.filter(({ body }) => body['To'] === phone).length;

type Person = ReturnType<typeof somebody>;

/** What was done for somebody so far, and a look at what came since. */
async function since({ userId, phone }: Person) {
  const look = async () => ({
    calls: callsTo(phone),
    started: await trail.entries('challenge.started', userId),
    sent: await trail.entries('code.sent', userId),
    failed: await trail.entries('code.failed', userId),
  });
  const before = await look();
  return async () => {
    const after = await look();
    return {
      calls: after.calls - before.calls,
      started: after.started - before.started,
      sent: after.sent - before.sent,
      failed: after.failed - before.failed,
    };
  };
}

/** Of the two codes that may lead to no approval, one is left. */
async function expectOneCodeLeft(user: Person): Promise<void> {
  expect((await user.signIn()).challenge.code).not.toBeNull();
  expect((await user.signIn()).challenge.code).toBeNull();
}

test('sending a code: one call, one entry, one code counted, and the code is good', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn({ send: false });
  const done = await since(user);
  const once = keyed();
  expect(await trail.whileCut(() => screen.send({}, once), 'code.sent')).toMatchObject(
    problem(503, 'unavailable'),
  );
  const again = await screen.send({}, once);
  expect(again).toMatchObject({ status: 202, body: { code: { delivery: 'accepted' } } });
  expect((await screen.send({}, once)).body).toEqual(again.body);
  expect(await done()).toEqual({ calls: 1, started: 0, sent: 1, failed: 0 });
  const code = user.heard();
  await expectOneCodeLeft(user);
  expect((await screen.enter(code)).body.status).toBe('approved');
});

test('starting a challenge: the same challenge, with the code that is on its way', async () => {
  const user = await enrolled(service);
  const done = await since(user);
  const once = keyed();
  const start = () => service.start({ userId: user.userId }, { ...once });
  for (const type of ['challenge.started', 'code.sent'])
    expect(await trail.whileCut(start, type)).toMatchObject(problem(503, 'unavailable'));
  const again = await start();
  expect(again).toMatchObject({ status: 201, body: { code: { delivery: 'accepted' } } });
  expect(await done()).toEqual({ calls: 1, started: 1, sent: 1, failed: 0 });
  await expectOneCodeLeft(user);
});

test('starting one that is approved at once: one approval', async () => {
  const { userId } = somebody(service);
  const once = keyed();
  const start = () => service.start({ organizationId: 'open', userId }, { ...once });
  expect(await trail.whileCut(start, 'challenge.approved')).toMatchObject(
    problem(503, 'unavailable'),
  );
  const { body } = await start();
  expect(body.status).toBe('approved');
  expect(await trail.entries('challenge.started', userId)).toBe(1);
  expect(await trail.entries('challenge.approved', userId)).toBe(1);
});

test('setting up a factor: one call, and its code confirms the factor', async () => {
  const user = somebody(service);
  const screen = await user.signIn();
  const done = await since(user);
  const once = keyed();
  const add = () => screen.addPhone(user.phone, once);
  expect(await trail.whileCut(add, 'code.sent')).toMatchObject(problem(503, 'unavailable'));
  expect(await add()).toMatchObject({ status: 201, body: { code: { delivery: 'accepted' } } });
  expect(await done()).toEqual({ calls: 1, started: 0, sent: 1, failed: 0 });
  expect((await screen.enter(user.heard())).body.factors).toHaveLength(1);
});

test('a call that was not placed is placed then, and only that one counts', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn({ send: false });
  const done = await since(user);
  const once = keyed();
  service.twilio.answerWith(503);
  const failed = await trail.whileCut(() => screen.send({}, once), 'code.failed');
  expect(failed).toMatchObject(problem(503, 'unavailable'));
  service.twilio.answerWith('success');
  expect((await screen.send({}, once)).status).toBe(202);
  expect(await done()).toEqual({ calls: 2, started: 0, sent: 1, failed: 1 });
  await expectOneCodeLeft(user);
});

test('another key is another request: it waits as any other, and then sends anew', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn({ send: false });
  const done = await since(user);
  await trail.whileCut(() => screen.send({}, keyed()), 'code.sent');
  expect(await screen.send({}, keyed())).toMatchObject(problem(429, 'resend-too-early'));
  await service.advance(30_000);
  expect((await screen.send({}, keyed())).status).toBe(202);
  expect(await done()).toEqual({ calls: 2, started: 0, sent: 1, failed: 0 });
});

test('another body is another request: it starts a challenge of its own', async () => {
  const user = await enrolled(service);
  const done = await since(user);
  const once = keyed();
  const start = (send: boolean) => service.start({ userId: user.userId, send }, { ...once });
  await trail.whileCut(() => start(true), 'code.sent');
  expect((await start(false)).body).toMatchObject({ status: 'verify', code: null });
  expect(await done()).toEqual({ calls: 1, started: 2, sent: 0, failed: 0 });
});

test('once Redis forgot the answer, the same start is done again: another challenge, another code', async () => {
  const user = await enrolled(service);
  const done = await since(user);
  const once = keyed();
  const first = await service.start({ userId: user.userId }, { ...once });
  await service.redis.del(await service.redis.keys('dc:{r:*'));
  const second = await service.start({ userId: user.userId }, { ...once });
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.id).not.toBe(first.body.id);
  expect(await done()).toEqual({ calls: 2, started: 2, sent: 2, failed: 0 });
});
