/** `GET /v1/challenge?wait=`: the screen hears of a change as it happens, on any replica. */
import { describe, expect, test } from '@jest/globals';
import { freshDatabase } from '../support/servers.ts';
import {
  type Answer,
  enrolled,
  problem,
  type Request,
  startService,
  tellOfCall,
  useService,
  wrong,
} from '../support/service.ts';
import { use, useEach } from '../support/use.ts';

const service = useService({ replicas: 2, env: { PUBLIC_URL: 'https://2fa.example' } });
const user = use(() => enrolled(service));
const screen = useEach(() => user.signIn());

const wait = (request: Request = {}, seconds = 20) =>
  service.call('GET', `/v1/challenge?wait=${seconds}`, { bearer: screen.token, ...request });

/** Begins to wait, once the challenge was looked at: what happens next must end it. */
async function startWaiting(request: Request = {}): Promise<{ answer: Promise<Answer> }> {
  const { headers } = await screen.look();
  return { answer: wait({ ...request, headers: { 'if-none-match': headers['etag'] } }) };
}

/** The same a second before something ends; on a busy machine perhaps not at the first try. */
async function startWaitingAt(ms: number, isThere: (looked: Answer) => boolean) {
  for (;;) {
    await service.advance(ms);
    const looked = await screen.look();
    if (isThere(looked))
      return { answer: wait({ headers: { 'if-none-match': looked.headers['etag'] } }) };
    Object.assign(screen, await user.signIn());
  }
}

const tell = (status: string) => tellOfCall(service, user.phone, status);

describe('an answer is held until', () => {
  test.each([
    ['the call rings', () => tell('ringing'), { code: { delivery: 'ringing' } }],
    ['the call is answered', () => tell('in-progress'), { code: { delivery: 'answered' } }],
    ['the call is over', () => tell('no-answer'), { code: { delivery: 'no-answer' } }],
    ['a wrong code', () => screen.enter(wrong(user.heard())), { code: { attemptsRemaining: 4 } }],
    ['the right one', () => screen.enter(user.heard()), { status: 'approved' }],
    ['the end', () => screen.cancel(), { status: 'cancelled' }],
  ])('%s, on another replica', async (_name, happen, body) => {
    const waiting = await startWaiting({ replica: 1 });
    await happen();
    expect(await waiting.answer).toMatchObject({ status: 200, body });
  });

  test('its time is over; then it says that nothing changed', async () => {
    const { headers } = await screen.look();
    const tag = headers['etag'];
    const answer = await wait({ headers: { 'if-none-match': tag } }, 1);
    expect(answer).toMatchObject({ status: 304, headers: { etag: tag }, body: '' });
    expect(await wait({}, 1)).toMatchObject({ status: 200, body: { status: 'verify' } });
  });

  test('the code is past its time', async () => {
    const { answer } = await startWaitingAt(59_000, ({ body }) => body.code !== null);
    expect((await answer).body.code).toBeNull();
  });

  test('the challenge is', async () => {
    const answer = await (await startWaitingAt(599_000, ({ status }) => status === 200)).answer;
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

test('a change between two calls is answered at once', async () => {
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

test('the last four waiting callers on each replica stay, and the others get the current state', async () => {
  const { headers } = await screen.look();
  const tagged = { headers: { 'if-none-match': headers['etag'] } };
  const waiting = Array.from({ length: 50 }, (_, i) => wait({ ...tagged, replica: i % 2 }));
  const early: Answer[] = [];
  for (const one of waiting) void one.then((answer) => early.push(answer));
  while (early.length < 42) await screen.look();
  for (const { status } of early) expect(status).toBe(304);
  await tell('ringing');
  const answered = (await Promise.all(waiting)).filter(({ status }) => status === 200);
  expect(answered).toHaveLength(8);
  for (const { body } of answered) expect(body.code.delivery).toBe('ringing');
});

describe('If-None-Match', () => {
  const ask = async (header: (tag: string) => string, seconds: number, replica = 0) => {
    const tag: string = (await screen.look()).headers['etag'];
    const answer = await wait({ headers: { 'if-none-match': header(tag) }, replica }, seconds);
    return { tag, answer };
  };
  /** At once, with as many on each replica as may wait. */
  const askInAWait = (headers: ((tag: string) => string)[]) =>
    Promise.all(headers.map((header, i) => ask(header, 1, i % 2)));

  const known: [name: string, header: (tag: string) => string][] = [
    ['a strong tag', (tag) => tag],
    ['a weak tag, as a proxy that compresses makes it', (tag) => `W/${tag}`],
    ['a list', (tag) => `"other", ${tag}`],
    ['a list of weak tags with gaps', (tag) => `W/"other",, W/${tag} ,`],
    ['a tag with a comma, and then ours', (tag) => `"a,b",${tag}`],
    ['any', () => '*'],
  ];
  describe.each(known)('with %s', (_name, header) => {
    test('is 304 while nothing changed', async () => {
      const { tag, answer } = await ask(header, 0);
      expect(answer).toMatchObject({ status: 304, headers: { etag: tag }, body: '' });
    });

    test('holds the answer until something changes', async () => {
      for (;;) {
        const tag: string = (await screen.look()).headers['etag'];
        const waiting = wait({ headers: { 'if-none-match': header(tag) }, replica: 1 }, 5);
        const early = await Promise.race([waiting, screen.look().then(() => 'held')]);
        expect(early).toBe('held');
        await tell('ringing');
        const answer = await waiting;
        // With "any", one that arrives late takes the ringing for what is known.
        if (header(tag) !== '*' || answer.status !== 304)
          return expect(answer).toMatchObject({
            status: 200,
            body: { code: { delivery: 'ringing' } },
          });
        Object.assign(screen, await user.signIn());
      }
    });
  });

  test('with any of these, a wait is 304 while nothing changed', async () => {
    for (const { tag, answer } of await askInAWait(known.map(([, header]) => header)))
      expect(answer).toMatchObject({ status: 304, headers: { etag: tag }, body: '' });
  });

  test.each(['"other"', 'W/"other", "more"'])(
    'with another tag is answered at once: %s',
    async (header) => {
      expect((await ask(() => header, 20)).answer.status).toBe(200);
    },
  );

  const malformed: [name: string, header: (tag: string) => string][] = [
    ['no quotes', (tag) => tag.slice(1, -1)],
    ['half a tag', (tag) => tag.slice(0, -1)],
    ['a small w', (tag) => `w/${tag}`],
    ['two without a comma', (tag) => `${tag}${tag}`],
    ['a star in a list', (tag) => `*, ${tag}`],
    ['nothing', () => ''],
    ['a long word', () => 'x'.repeat(8_000)],
  ];
  const current = { status: 200, body: { status: 'verify' } };
  test.each(malformed)('that is malformed is ignored: %s', async (_name, header) => {
    expect((await ask(header, 0)).answer).toMatchObject(current);
  });

  test('that is malformed is ignored by a wait', async () => {
    for (const { answer } of await askInAWait(malformed.map(([, header]) => header)))
      expect(answer).toMatchObject(current);
  });
});

test('500 callers who start to wait at once on one replica all wait, and none gets 503', async () => {
  const own = await startService({ databaseUrl: await freshDatabase() });
  try {
    await own.organization({ policy: 'mandatory' });
    const tokens: string[] = [];
    while (tokens.length < 125) {
      const login = await own.start({ userId: `user-${tokens.length}`, send: false });
      if (login.status === 201) tokens.push(login.body.challengeToken);
    }
    const fours = [...tokens, ...tokens, ...tokens, ...tokens];
    const waits = fours.map((bearer) => own.call('GET', '/v1/challenge?wait=1', { bearer }));
    const statuses = (await Promise.all(waits)).map(({ status }) => status);
    expect(statuses.filter((s) => s !== 200)).toEqual([]);
  } finally {
    await own.close();
  }
});

test.each(['-1', '26', '1.5', 'x', ''])('wait=%s is refused by name', async (seconds) => {
  const answer = await service.call('GET', `/v1/challenge?wait=${seconds}`, {
    bearer: screen.token,
  });
  expect(answer).toMatchObject(problem(400, 'invalid-request', { errors: [{ pointer: '/wait' }] }));
});

test('over a real connection the caller waits, and one who hangs up is released', async () => {
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
