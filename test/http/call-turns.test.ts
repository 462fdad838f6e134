/** CALLS_PER_SECOND: calls are placed one after the other, fair between organizations. */
import { expect, test } from '@jest/globals';
import { type Answer, problem, somebody, useService } from '../support/service.ts';

const service = useService({ replicas: 2, env: { CALLS_PER_SECOND: '1' } });

const calls = () => service.twilio.requests.length;
const tooMany = problem(429, 'too-many-requests');

/** Somebody who asks for a call to set up a phone. */
async function caller(organizationId = 'acme') {
  const person = somebody(service, { organizationId });
  const screen = await person.signIn();
  return () => screen.addPhone(person.phone);
}

const sentAt = ({ body }: Answer) => Date.parse(body.code?.sentAt);

test('of twelve at once, those are called whose turn comes within 3 seconds, and the others get `Retry-After`', async () => {
  const callers = await Promise.all(Array.from({ length: 12 }, () => caller()));
  const before = calls();
  const answers = await Promise.all(callers.map((call) => call()));
  const called = answers.filter(({ status }) => status === 201);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(called.length).toBeGreaterThanOrEqual(4);
  expect(called.length).toBeLessThan(12);
  expect(calls() - before).toBe(called.length);
  for (const answer of refused) {
    expect(answer).toMatchObject(tooMany);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  }
});

test('a code’s time starts when its call is placed, not when it was asked for', async () => {
  const callers = await Promise.all(Array.from({ length: 3 }, () => caller()));
  const answers = await Promise.all(callers.map((call) => call()));
  const times = answers.map(sentAt).sort((a, b) => a - b);
  const [first = 0, , third = 0] = times;
  expect(third - first).toBeGreaterThan(1_000);
  for (const { body } of answers)
    expect(Date.parse(body.code.expiresAt) - Date.parse(body.code.sentAt)).toBe(30_000);
});

test('a crowd in one organization does not keep another’s user out', async () => {
  await service.organization({ policy: 'mandatory' }, 'elsewhere');
  const crowd = await Promise.all(Array.from({ length: 30 }, () => caller()));
  const other = await caller('elsewhere');
  const crowded = crowd.map((call) => call());
  expect(await other()).toMatchObject({ status: 201, body: { code: { delivery: 'accepted' } } });
  await Promise.all(crowded);
});
