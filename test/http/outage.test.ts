/** An outage of the provider costs nobody their codes; what may have been placed stays counted. */
import { describe, expect, test } from '@jest/globals';
import { enrolled, problem, signIn, useService } from '../support/service.ts';

const service = useService({ env: { CODES_PER_USER_UNAPPROVED: '2' } });

const failed = problem(502, 'delivery-failed');
const tooMany = problem(429, 'too-many-requests');

/** Somebody whose login has no code yet, so that each test counts its own. */
const aLogin = async () => (await enrolled(service)).signIn({ send: false });

describe('a call that Twilio surely did not place', () => {
  test.each([400, 429, 503] as const)('(%s) is given back', async (failure) => {
    const screen = await aLogin();
    service.twilio.answerWith(failure);
    // Fewer than make the breaker open.
    for (let i = 0; i < 3; i += 1) expect(await screen.send()).toMatchObject(failed);
    service.twilio.answerWith('success');
    expect((await screen.send()).status).toBe(202);
  });

  test('does not count among the five codes of the challenge', async () => {
    const screen = await aLogin();
    service.twilio.answerWith(400);
    for (let i = 0; i < 7; i += 1) expect(await screen.send()).toMatchObject(failed);
    service.twilio.answerWith('success');
    expect(await screen.send()).toMatchObject({ status: 202, body: { status: 'verify' } });
  });

  test('leaves the line of its number free for another user', async () => {
    const { phone } = await enrolled(service);
    await service.advance(30_000);
    const [one, two] = [
      await signIn(service, { userId: 'x1' }),
      await signIn(service, { userId: 'x2' }),
    ];
    service.twilio.answerWith(400);
    await one.addPhone(phone);
    service.twilio.answerWith('success');
    expect(await two.addPhone(phone)).toMatchObject({ body: { code: { delivery: 'accepted' } } });
  });
});

test('repeated calls that were not placed are one entry of a login, and are all counted', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn({ send: false });
  const counted = async () => {
    const { body } = await service.call('GET', '/metrics');
    const line = 'doublecheck_sendings_refused_total{method="call",reason="delivery-failed"} ';
    return Number(String(body).split(line)[1]?.split('\n')[0] ?? 0);
  };
  const before = await counted();
  service.twilio.answerWith(400);
  for (let i = 0; i < 6; i += 1) expect(await screen.send()).toMatchObject(failed);
  service.twilio.answerWith('success');
  const path = `/v1/organizations/acme/events?userId=${user.userId}`;
  const { body } = await service.call('GET', path, { bearer: service.keys.panel });
  const entries = body.items.filter(({ type }: { type: string }) => type === 'code.failed');
  expect(entries).toEqual([
    expect.objectContaining({ details: expect.objectContaining({ delivery: 'not-placed' }) }),
  ]);
  expect(await counted()).toBe(before + 6);
});

test('a call that Twilio may have placed stays counted', async () => {
  const screen = await aLogin();
  service.twilio.answerWith('drop');
  for (let i = 0; i < 2; i += 1) expect(await screen.send()).toMatchObject(failed);
  service.twilio.answerWith('success');
  expect(await screen.send()).toMatchObject(tooMany);
});
