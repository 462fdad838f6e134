/** Each line of the log says which request, client and challenge it is about, and why it failed. */
import { afterEach, expect, test } from '@jest/globals';
import { startRedis } from '../support/servers.ts';
import { enrolled, somebody, startService, useService, wrong } from '../support/service.ts';

type Line = Record<string, unknown> & { msg: string };

const service = useService();

const linesOf = (lines: string[]): Line[] => lines.map((line) => JSON.parse(line));
/** What was logged of one request. */
const linesFor = (reqId: string) =>
  linesOf(service.logLines).filter((line) => line['reqId'] === reqId);

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

test("a login's log lines have the id of its request", async () => {
  const user = await enrolled(service);
  const headers = { 'x-request-id': 'a-login' };
  const screen = await user.signIn({}, { headers, bearer: service.keys.panel });
  const about = { client: 'company-panel', challengeId: screen.challenge.id };
  const lines = linesFor('a-login');
  for (const event of ['challenge.started', 'code.sent'])
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'decided', event, ...about }));
  expect(lines.at(-1)).toMatchObject({ msg: 'answered', status: 201, ...about });
});

test('the log line of a refusal has its problem and its challenge', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  await screen.enter(wrong(user.heard()), { headers: { 'x-request-id': 'a-guess' } });
  expect(linesFor('a-guess').at(-1)).toMatchObject({
    msg: 'answered',
    status: 422,
    problem: 'code-incorrect',
    challengeId: screen.challenge.id,
  });
  await service.call('POST', '/v1/challenges', { headers: { 'x-request-id': 'a-stranger' } });
  expect(linesFor('a-stranger').at(-1)).toMatchObject({ status: 401, problem: 'unauthenticated' });
});

test('requests at once do not mix their ids in the log', async () => {
  const users = Array.from({ length: 8 }, () => somebody(service));
  const screens = await Promise.all(
    users.map(({ userId }) => {
      const request = { headers: { 'x-request-id': userId }, bearer: service.keys.panel };
      return service.start({ userId }, request);
    }),
  );
  for (const [i, { userId }] of users.entries()) {
    const ids = new Set(linesFor(userId).map(({ challengeId }) => challengeId));
    expect([...ids]).toEqual([screens[i]?.body.id]);
  }
});

test('a store that is away is one line, however many requests fail, and none has a stack', async () => {
  const server = await startRedis();
  const away = await startService({ redisUrl: `${server.url}/1` });
  opened.push(away, { close: () => server.stop() });
  await away.organization({ policy: 'mandatory' });
  server.pause();
  opened.unshift({ close: async () => server.resume() });
  const before = away.logLines.length;
  const headers = { 'x-request-id': 'in-vain' };
  const tries = Array.from({ length: 5 }, () => away.start({}, { headers }));
  for (const { status } of await Promise.all(tries)) expect(status).toBe(503);
  const lines = away.logLines.slice(before);
  const troubles = linesOf(lines).filter(({ level }) => Number(level) >= 40);
  expect(troubles.length).toBeLessThanOrEqual(1);
  for (const { msg } of troubles) expect(msg).toBe('Redis is away');
  const failed = linesOf(lines).filter(({ reqId }) => reqId === 'in-vain');
  expect(failed).toContainEqual(
    expect.objectContaining({ problem: 'unavailable', reason: expect.stringMatching(/^.+$/) }),
  );
  for (const line of lines) expect(line).not.toMatch(/"stack"|\\n/);
});

test('from the id of a challenge, support finds each decision, client, problem and trace', async () => {
  const user = await enrolled(service);
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const screen = await user.signIn({}, { headers, bearer: service.keys.panel });
  await screen.enter(wrong(user.heard()));
  await screen.enter(user.heard());
  const { id } = screen.challenge;
  const lines = linesOf(service.logLines).filter(({ challengeId }) => challengeId === id);
  const decided = lines.filter(({ msg }) => msg === 'decided').map(({ event }) => event);
  expect(decided).toEqual(['challenge.started', 'code.sent', 'code.wrong', 'challenge.approved']);
  const traced = lines.filter((line) => line['traceId'] === traceId);
  expect(traced.map(({ event }) => event)).toEqual(['challenge.started', 'code.sent', undefined]);
  const answered = lines.filter(({ msg }) => msg === 'answered');
  expect(answered[0]).toMatchObject({ client: 'company-panel', traceId, status: 201 });
  expect(answered[1]).toMatchObject({ problem: 'code-incorrect', status: 422 });
  expect(answered[2]).toMatchObject({ status: 200 });
});

test('from the id of a challenge, support finds why a provider took no code', async () => {
  const user = await enrolled(service);
  service.twilio.answerWith(500);
  const screen = await user.signIn();
  await screen.send({}, { headers: { 'x-request-id': 'in-vain-again' } });
  service.twilio.answerWith('success');
  const about = { challengeId: screen.challenge.id, provider: 'twilio' };
  const lines = linesOf(service.logLines);
  expect(lines).toContainEqual(
    expect.objectContaining({ ...about, msg: 'the call could not be placed', status: 500 }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ ...about, event: 'code.failed' }));
  const told = linesFor('in-vain-again').find(({ msg }) => msg === 'answered a problem');
  expect(told).toMatchObject({ problem: 'delivery-failed' });
  expect(told).not.toHaveProperty('reason');
});

test('health checks and the reading of figures are in the log at debug only', async () => {
  const headers = { 'x-request-id': 'a-balancer' };
  for (const path of ['/health/live', '/health/ready', '/metrics'])
    await service.call('GET', path, { headers });
  expect(linesFor('a-balancer').map(({ level }) => level)).toEqual([20, 20, 20]);
});
