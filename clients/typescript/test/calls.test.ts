/** What the client does when answers are lost, late or refusals. */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { Doublecheck, ProblemError, UnreachableError, version } from '../src/index.ts';
import { json, lost, problem, startStandIn } from './stand-in.ts';

async function against(t: TestContext, ...replies: Parameters<typeof startStandIn>[0]) {
  const standIn = await startStandIn(replies);
  t.after(() => standIn.close());
  const doublecheck = new Doublecheck({ url: standIn.url, apiKey: 'dct_key', timeoutMs: 2_000 });
  return { doublecheck, received: standIn.received };
}

const start = { organizationId: 'acme', userId: '42', app: { name: 'panel' } };
const now = { 'retry-after': '0' };

test('a lost answer is asked for again with the same idempotency key and body', async (t) => {
  const replies = [lost, problem(503, 'unavailable', {}, now), json(201, { id: 'c-1' })];
  const { doublecheck, received } = await against(t, ...replies);
  equal((await doublecheck.challenges.start(start)).id, 'c-1');
  equal(received.length, 3);
  const [first, ...again] = received.map(({ headers, body }) => [headers['idempotency-key'], body]);
  match(String(first?.[0]), /^[\w-]{36}$/);
  deepEqual(again, [first, first]);
});

test('each call has a key of its own, or the one that is given', async (t) => {
  const { doublecheck, received } = await against(t, json(200, {}));
  const screen = doublecheck.challenge('token');
  await screen.sendCode();
  await screen.sendCode();
  await screen.verify({ code: '0123' }, { idempotencyKey: 'mine' });
  const [one, two, three] = received.map(({ headers }) => headers['idempotency-key']);
  ok(one !== two);
  equal(three, 'mine');
  equal(received[0]?.headers.authorization, 'Bearer token');
});

test('a first try that is still under way is waited for', async (t) => {
  const busy = problem(409, 'request-in-progress', {}, now);
  const { doublecheck, received } = await against(t, busy, json(201, { id: 'c-1' }));
  await doublecheck.challenges.start(start);
  equal(received.length, 2);
});

test('a refusal is not repeated, and its name tells which fields it has', async (t) => {
  const { doublecheck, received } = await against(
    t,
    problem(422, 'code-incorrect', { attemptsRemaining: 3 }),
  );
  const error: unknown = await doublecheck
    .challenge('token')
    .verify({ code: '0123' })
    .catch((thrown) => thrown);
  ok(error instanceof ProblemError);
  const { problem: refusal } = error;
  ok(refusal.name === 'code-incorrect');
  const left: number = refusal.attemptsRemaining;
  equal(left, 3);
  equal(received.length, 1);
});

test('the message of a refusal says which fields are wrong, or what happened', async (t) => {
  const errors = [{ pointer: '/returnUrl', detail: 'is not allowed' }];
  const detail = 'The API key lacks the scope `challenges`.';
  const { doublecheck } = await against(
    t,
    problem(400, 'invalid-request', { errors, detail: 'Correct the fields.' }),
    problem(403, 'forbidden', { detail }),
  );
  const message = () => doublecheck.challenges.start(start).catch(({ message }) => message);
  equal(await message(), 'invalid-request: invalid-request. /returnUrl is not allowed');
  equal(await message(), `forbidden: forbidden. ${detail}`);
});

test('a refusal has only the fields of its name', async (t) => {
  const replies = [
    problem(404, 'not-found'),
    problem(429, 'locked'),
    problem(400, 'invalid-request'),
  ];
  const { doublecheck } = await against(t, ...replies);
  const common = ['type', 'title', 'status', 'name'];
  for (const own of [[], ['retryAfterSeconds'], ['errors']]) {
    const error: unknown = await doublecheck.challenges.start(start).catch((thrown) => thrown);
    ok(error instanceof ProblemError);
    deepEqual(Object.keys(error.problem).sort(), [...common, ...own].sort());
  }
});

test('a delivery that failed is for the user to decide on', async (t) => {
  const { doublecheck, received } = await against(t, problem(502, 'delivery-failed'));
  await rejects(doublecheck.challenge('token').sendCode(), ProblemError);
  equal(received.length, 1);
});

test('a problem that a newer service has is `unknown`, and so is the page of a proxy', async (t) => {
  const { doublecheck } = await against(t, problem(418, 'teapot'), json(413, '<html>'));
  for (const status of [418, 413]) {
    const error: unknown = await doublecheck.challenges.start(start).catch((thrown) => thrown);
    ok(error instanceof ProblemError);
    equal(error.problem.name, 'unknown');
    equal(error.problem.status, status);
  }
});

test('without any answer the caller learns that it may have happened', async (t) => {
  const { doublecheck, received } = await against(t, lost);
  await rejects(doublecheck.challenges.start(start), UnreachableError);
  equal(received.length, 3);
});

test('a call without an idempotency key is made once', async (t) => {
  const { doublecheck, received } = await against(t, lost);
  await rejects(doublecheck.test.advance('c-1', 30), UnreachableError);
  equal(received.length, 1);
});

test('the User-Agent has the version of the package', async (t) => {
  const { doublecheck, received } = await against(t, json(201, {}));
  await doublecheck.challenges.start(start);
  equal(received[0]?.headers['user-agent'], `doublecheck-client-typescript/${version}`);
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  equal(JSON.parse(manifest).version, version);
});
