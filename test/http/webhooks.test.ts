/**
 * The alerts for the owner of an account at a client’s endpoint: signed, and delivered in the end.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { prismaOutbox } from '../../src/adapters/postgres/audit/outbox.ts';
import { prismaWebhookEndpoints } from '../../src/adapters/postgres/audit/webhook-endpoints.ts';
import { connectPostgres } from '../../src/adapters/postgres/connection/client.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import { webhookSender } from '../../src/adapters/webhooks/webhook-sender.ts';
import { deliverWebhooks } from '../../src/domain/audit/deliver-webhooks.ts';
import { nameIn } from '../../src/domain/mode.ts';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { keptLog } from '../support/fakes/channels.ts';
import { startEndpoint } from '../support/fakes/endpoint.ts';
import { guessWrong, query, untilCareful } from '../support/guessing.ts';
import { roomy } from '../support/limits.ts';
import { anEntry } from '../support/people.ts';
import { enrolled, randomSecret, useService } from '../support/service.ts';
import { atSettings, withBackup } from '../support/settings-page.ts';
import { testClient, testNumber } from '../support/test-mode.ts';
import { use, useEach } from '../support/use.ts';

const secrets = [randomSecret('k1')] as const;
const sealed = sealing(secrets);
const log = keptLog();

const service = useService({ secrets });
const database = use(() => connectPostgres(service.databaseUrl, roomy));
const endpoint = useEach(startEndpoint);

let secret: string;
beforeEach(async () => {
  secret = await prismaWebhookEndpoints(database.prisma, sealed, roomy).set(
    'panel',
    endpoint.url,
    anEntry,
  );
});
afterEach(() => query(service, 'DELETE FROM outbox'));

const deliver = () =>
  deliverWebhooks({
    outbox: prismaOutbox(database.prisma, sealed, roomy),
    sender: webhookSender({ insideToo: true }),
    log,
  });

/** Makes what waits due that much sooner. */
const letPass = (seconds: number) =>
  query(service, `UPDATE outbox SET next_at = next_at - interval '${seconds} seconds'`);

const waiting = async () => (await query(service, 'SELECT 1 FROM outbox')).length;

/** The alerts of a user at the endpoint, in order. */
async function toldOf({ userId }: { userId: string }) {
  while ((await deliver()) > 0);
  const alerts = endpoint.received(secret).filter(({ data }) => data['userId'] === userId);
  return alerts.sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
}

test('alerts of test mode go to the endpoints of test keys, and no others do', async () => {
  const endpoints = prismaWebhookEndpoints(database.prisma, sealed, roomy);
  const ofTestMode = await startEndpoint();
  const testSecret = await endpoints.set(nameIn('test', 'panel'), ofTestMode.url, anEntry);
  const client = testClient(service);
  await client.call('PUT', '/v1/organizations/acme', { body: { policy: 'mandatory' } });
  await client.enrol('in-test-mode', testNumber(9));
  const live = await enrolled(service);
  expect(typesOf(await toldOf(live))).toEqual(['factor.added']);
  expect(await toldOf({ userId: 'in-test-mode' })).toEqual([]);
  const received = ofTestMode.received(testSecret);
  expect(received).toMatchObject([
    { type: 'factor.added', data: { organizationId: 'acme', userId: 'in-test-mode' } },
  ]);
  await endpoints.remove(nameIn('test', 'panel'), anEntry);
  await ofTestMode.close();
});

const typesOf = (alerts: { type: string }[]) => alerts.map(({ type }) => type);

describe('the endpoint of a client is told', () => {
  test('of the third wrong guess within 24 hours that nothing took off, once', async () => {
    const user = await enrolled(service);
    await guessWrong(user, 2);
    const screen = await user.signIn();
    expect(typesOf(await toldOf(user))).toEqual(['factor.added']);
    for (let i = 0; i < 3; i += 1) await screen.enter(user.heard() === '0000' ? '0001' : '0000');
    const [, alarm, ...more] = await toldOf(user);
    expect(more).toEqual([]);
    expect(alarm).toEqual({
      type: 'guesses.alarming',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: {
        organizationId: 'acme',
        userId: user.userId,
        challengeId: screen.challenge.id,
        details: {},
      },
    });
  });

  test('not of guesses that were older, or that an approval took off', async () => {
    const user = await enrolled(service);
    await guessWrong(user, 2);
    await query(service, "UPDATE wrong_guesses SET at = at - interval '24 hours'");
    const screen = await user.signIn();
    await screen.enter(user.heard() === '0000' ? '0001' : '0000');
    await screen.enter(user.heard());
    await guessWrong(user, 2);
    expect(typesOf(await toldOf(user))).toEqual(['factor.added']);
  });

  test('of careful mode and of a lock, once each', async () => {
    const user = await enrolled(service);
    await untilCareful(user);
    const careful = ['factor.added', 'guesses.alarming', 'user.careful'];
    expect(typesOf(await toldOf(user))).toEqual(careful);
    await guessWrong(user, 20);
    expect(typesOf(await toldOf(user))).toEqual([...careful, 'user.locked']);
  });

  test('of factors added, made primary, removed and reset, without a number', async () => {
    const { user, page, backup } = await withBackup(service);
    await page.promote(await page.idOf(backup));
    await page.remove(await page.idOf(user.phone));
    await atSettings(service, { ...page.visit, actor: 'boss', bearer: service.keys.panel }).reset();
    const alerts = await toldOf(user);
    const types = ['factor.added', 'factor.added', 'factor.promoted', 'factor.removed'];
    expect(typesOf(alerts)).toEqual([...types, 'factors.reset']);
    const hint = `316*****${user.phone.slice(-2)}`;
    expect(alerts[3]?.data['details']).toEqual({ method: 'call', role: 'secondary', hint });
    for (const { text } of endpoint.requests)
      for (const number of [user.phone, backup]) expect(text).not.toContain(number.slice(3));
  });

  test('of nothing else, such as an ordinary login', async () => {
    const user = await enrolled(service);
    const before = await toldOf(user);
    const screen = await user.signIn();
    await screen.enter(user.heard() === '0000' ? '0001' : '0000');
    await screen.enter(user.heard());
    expect(await toldOf(user)).toEqual(before);
    expect(await waiting()).toBe(0);
  });
});

test('a client with limited keys gets no alerts of other organizations', async () => {
  const { clients } = service.directory;
  const endpoints = prismaWebhookEndpoints(database.prisma, sealed, roomy);
  for (const [name, organization] of [
    ['acme-panel', 'acme'],
    ['beta-panel', 'beta'],
  ] as const) {
    const client = { name, scopes: ['users'], organizations: [organization] };
    await createApiKey(clients, client, () => anEntry);
    await endpoints.set(name, `${endpoint.url}/${name}`, anEntry);
  }
  await enrolled(service);
  const rows = await query(service, 'SELECT client FROM outbox ORDER BY client');
  expect(rows.map(({ client }) => client)).toEqual(['acme-panel', 'panel']);
  for (const name of ['acme-panel', 'beta-panel']) await endpoints.remove(name, anEntry);
});

describe('an endpoint that does not take it', () => {
  /** An alert that waits, with nothing else around it. */
  async function alerted(): Promise<void> {
    await enrolled(service);
    expect(await waiting()).toBe(1);
  }

  test('gets it again later, with the same id and a fresh signature, until it does', async () => {
    await alerted();
    for (const answer of [500, 404, { status: 302, location: `${endpoint.url}/elsewhere` }]) {
      endpoint.answerWith(answer);
      expect(await deliver()).toBe(1);
      expect(await deliver()).toBe(0);
      expect(await waiting()).toBe(1);
      await letPass(10 * 60);
    }
    endpoint.answerWith(204);
    expect(await deliver()).toBe(1);
    expect(await waiting()).toBe(0);
    const ids = endpoint.requests.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(1);
    expect(new Set(endpoint.requests.map(({ path }) => path))).toEqual(new Set(['/hooks']));
    expect(typesOf(endpoint.received(secret))).toEqual(Array(4).fill('factor.added'));
  });

  test('is left alone for longer each time, and given up after a day and a half', async () => {
    await alerted();
    endpoint.answerWith(500);
    const waits = [5, 30, 120, 600, 3_600, 6 * 3_600, 24 * 3_600];
    for (const wait of waits) {
      expect(await deliver()).toBe(1);
      const [{ due }] = await query(
        service,
        'SELECT extract(epoch FROM next_at - now())::float AS due FROM outbox',
      );
      expect(due).toBeLessThanOrEqual(wait);
      expect(due).toBeGreaterThan(wait * 0.5 - 5);
      await letPass(wait);
    }
    expect(await deliver()).toBe(1);
    expect(await waiting()).toBe(0);
    expect(endpoint.requests).toHaveLength(waits.length + 1);
  });

  test('delays nobody: others get their alerts, and users sign in', async () => {
    const other = await startEndpoint();
    const endpoints = prismaWebhookEndpoints(database.prisma, sealed, roomy);
    const theirs = await endpoints.set('qaller', other.url, anEntry);
    endpoint.answerWith(500);
    const user = await enrolled(service);
    expect(await deliver()).toBe(2);
    expect(typesOf(other.received(theirs))).toEqual(['factor.added']);
    expect(await waiting()).toBe(1);
    expect((await user.signIn()).challenge.status).toBe('verify');
    await endpoints.remove('qaller', anEntry);
    await other.close();
  });

  test('is logged in one line, without its secret and its URL', async () => {
    await alerted();
    endpoint.answerWith(500);
    await deliver();
    const line = log.lines.at(-1) ?? '';
    expect(line).toContain('answered 500');
    expect(line).not.toContain(secret);
  });
});

test('two replicas that deliver at once send each alert once', async () => {
  await Promise.all(Array.from({ length: 6 }, () => enrolled(service)));
  const tried = await Promise.all([deliver(), deliver(), deliver()]);
  expect(tried.reduce((sum, one) => sum + one)).toBe(6);
  expect(new Set(endpoint.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(6);
  expect(endpoint.requests).toHaveLength(6);
});
