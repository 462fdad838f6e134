/** `GET /v1/challenge?wait=`: the screen hears of a change as it happens, on any replica. */
import { describe, expect, test } from '@jest/globals';
import {
  enrolled,
  problem,
  type Request,
  startService,
  useService,
  wrong,
} from '../support/service.ts';
import { useEach } from '../support/use.ts';

const service = useService({ replicas: 2, env: { PUBLIC_URL: 'https://2fa.example' } });
const user = useEach(() => enrolled(service));
const screen = useEach(() => user.signIn());

const wait = (request: Request = {}, seconds = 20) =>
  service.call('GET', `/v1/challenge?wait=${seconds}`, { bearer: screen.token, ...request });

/** An answer that is held, once it is: what happens next must end the waiting. */
async function held(request: Request = {}) {
  const { headers } = await screen.look();
  return wait({ ...request, headers: { 'if-none-match': headers['etag'] } });
}

async function tell(status: string): Promise<void> {
  const { path: url, headers, payload } = service.twilio.callbackOf(user.phone, status);
  await service.app.inject({ method: 'POST', url, headers, payload });
}

describe('an answer is held until', () => {
  test.each([
    ['the call rings', () => tell('ringing'), { code: { delivery: 'ringing' } }],
    ['the call is answered', () => tell('in-progress'), { code: { delivery: 'answered' } }],
    ['the call is over', () => tell('no-answer'), { code: { delivery: 'no-answer' } }],
    ['a wrong code', () => screen.enter(wrong(user.heard())), { code: { attemptsRemaining: 4 } }],
    ['the right one', () => screen.enter(user.heard()), { status: 'approved' }],
    ['the end', () => screen.cancel(), { status: 'cancelled' }],
  ])('%s, on another replica', async (_name, happen, body) => {
    const waiting = held({ replica: 1 });
    await happen();
    expect(await waiting).toMatchObject({ status: 200, body });
  });

  test('its time is over; then it says that nothing changed', async () => {
    const { headers } = await screen.look();
    const tag = headers['etag'];
    const answer = await wait({ headers: { 'if-none-match': tag } }, 1);
    expect(answer).toMatchObject({ status: 304, headers: { etag: tag }, body: '' });
    expect(await wait({}, 1)).toMatchObject({ status: 200, body: { status: 'verify' } });
  });

  test('the code is past its time', async () => {
    await service.advance(59_000);
    const { code } = (await held()).body;
    expect(code).toBeNull();
  });

  test('the challenge is', async () => {
    await service.advance(599_000);
    const waiting = held();
    const answer = await waiting;
    // Its code has gone before; then it goes itself.
    expect([200, 401]).toContain(answer.status);
    expect(await wait({}, 2)).toMatchObject(problem(401, 'challenge-expired'));
  });

  test('the service stops', async () => {
    const own = await startService();
    try {
      await own.organization({ policy: 'mandatory' });
      const login = await (await enrolled(own)).signIn();
      const url = '/v1/challenge?wait=20';
      const waiting = own.call('GET', url, { bearer: login.token });
      await login.look();
      own.stop();
      expect(await waiting).toMatchObject({ status: 200, body: { status: 'verify' } });
    } finally {
      await own.close();
    }
  });
});

test('what changed between two calls is told at once', async () => {
  const { headers } = await screen.look();
  await tell('ringing');
  const answer = await wait({ headers: { 'if-none-match': headers['etag'] } });
  expect(answer).toMatchObject({ status: 200, body: { code: { delivery: 'ringing' } } });
});

test('what a screen does not show ends no waiting', async () => {
  await tell('ringing');
  const { headers } = await screen.look();
  const waiting = wait({ headers: { 'if-none-match': headers['etag'] } });
  await tell('ringing');
  await tell('initiated');
  await tell('in-progress');
  expect((await waiting).body.code.delivery).toBe('answered');
});

test('however many wait, all are told', async () => {
  const waiting = Array.from({ length: 50 }, (_, i) => held({ replica: i % 2 }));
  await Promise.all([screen.look(), screen.look({ replica: 1 })]);
  await tell('ringing');
  for (const { body } of await Promise.all(waiting)) expect(body.code.delivery).toBe('ringing');
});

test.each(['-1', '26', '1.5', 'x', ''])('wait=%s is refused by name', async (seconds) => {
  const answer = await service.call('GET', `/v1/challenge?wait=${seconds}`, {
    bearer: screen.token,
  });
  expect(answer).toMatchObject(problem(400, 'invalid-request', { errors: [{ pointer: '/wait' }] }));
});

test('over a real connection the answer is held, and a caller who hangs up is let go', async () => {
  const address = await service.app.listen({ host: '127.0.0.1', port: 0 });
  const headers = { authorization: `Bearer ${screen.token}` };
  const hangUp = new AbortController();
  const url = `${address}/v1/challenge?wait=20`;
  const gone = fetch(url, { headers, signal: hangUp.signal }).catch((error: Error) => error.name);
  const waiting = fetch(url, { headers });
  await screen.look();
  hangUp.abort();
  expect(await gone).toBe('AbortError');
  const early = await Promise.race([waiting, screen.look().then(() => 'still held')]);
  expect(early).toBe('still held');
  await tell('ringing');
  expect(await (await waiting).json()).toMatchObject({ code: { delivery: 'ringing' } });
});
