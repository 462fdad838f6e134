/** Alerts for webhooks: stored with the event itself, and sent by one replica at a time. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import { prismaOutbox } from '../../src/adapters/postgres/audit/outbox.ts';
import { prismaWebhookEndpoints } from '../../src/adapters/postgres/audit/webhook-endpoints.ts';
import { connectPostgres, type Database } from '../../src/adapters/postgres/connection/client.ts';
import { alertTypes } from '../../src/domain/audit/audit.ts';
import { databases, directoryOn, textOf, useDatabase } from '../support/directories.ts';
import { roomy } from '../support/limits.ts';
import { anEntry, anEvent, member, someone } from '../support/people.ts';
import { testSealing } from '../support/sealing.ts';
import { freshDatabase } from '../support/servers.ts';

const aMinute = 60_000;
const url = 'https://panel.example/hooks';

function openOutbox(database: Database) {
  const { prisma } = database;
  return {
    trail: prismaAuditTrail(database, roomy),
    outbox: prismaOutbox(prisma, testSealing, roomy),
    endpoints: prismaWebhookEndpoints(prisma, testSealing, roomy),
  };
}

describe.each(databases)('the outbox on %s', (_name, open) => {
  const { database, trail, outbox, endpoints } = useDatabase(open);

  beforeEach(async () => {
    for (const { client } of await endpoints.list()) await endpoints.remove(client, anEntry);
  });

  const alert = (given = {}) => anEvent(someone(), { type: 'user.locked', ...given });

  /** As if the time had passed: all that waits is due that much sooner. */
  const letPass = (ms: number) => database.prisma.$executeRaw`
    UPDATE outbox SET next_at = next_at - ${ms}::float8 * interval '1 millisecond'`;

  test('has an alert for each endpoint, signed with the secret of each', async () => {
    const secrets = [
      await endpoints.set('panel', url, anEntry),
      await endpoints.set('qaller', `${url}/2`, anEntry),
    ];
    const user = someone();
    const given = { type: 'user.locked', details: { method: 'call' } } as const;
    const event = anEvent(user, given);
    await trail.record(event);
    const messages = await outbox.claim(10, aMinute);
    expect(messages.map((message) => [message.url, message.secret, message.attempts])).toEqual([
      [url, secrets[0], 0],
      [`${url}/2`, secrets[1], 0],
    ]);
    const { challengeId, details } = event;
    const data = { ...user, challengeId, details };
    const [recorded] = await trail.list({ ...user, before: null, limit: 1 });
    const timestamp = recorded?.at.toISOString();
    for (const { payload, webhookId, createdAt } of messages) {
      expect(payload).toEqual({ type: 'user.locked', timestamp, data });
      expect(webhookId).toMatch(/^msg_[\da-f-]{36}$/);
      expect(Math.abs(Number(createdAt) - Date.now())).toBeLessThan(aMinute);
    }
    expect(new Set(messages.map(({ webhookId }) => webhookId)).size).toBe(2);
  });

  test('says how many alerts wait and how old the oldest is', async () => {
    expect(await outbox.backlog()).toEqual({ messages: 0, oldestSeconds: 0 });
    await endpoints.set('panel', url, anEntry);
    await trail.record(alert());
    await trail.record(alert());
    await database.prisma.$executeRaw`
      UPDATE outbox SET created_at = created_at - interval '1 hour'`;
    const { messages, oldestSeconds } = await outbox.backlog();
    expect(messages).toBe(2);
    expect(Math.round(oldestSeconds / 3600)).toBe(1);
  });

  test('has every kind of alert and nothing else', async () => {
    await endpoints.set('panel', url, anEntry);
    for (const type of alertTypes) await trail.record(alert({ type }));
    await trail.record(alert({ type: 'challenge.started' }));
    await trail.record(alert({ type: 'code.wrong' }));
    const messages = await outbox.claim(50, aMinute);
    expect(messages.map(({ payload }) => payload.type)).toEqual(alertTypes);
  });

  test('stays empty without endpoints, and the event stays in the trail', async () => {
    const event = alert();
    await trail.record(event);
    expect(await outbox.claim(10, aMinute)).toEqual([]);
    const { organizationId } = event;
    const query = { organizationId: organizationId ?? '', userId: null, before: null, limit: 9 };
    expect(await trail.list(query)).toMatchObject([event]);
  });

  test('gives a message once, until the lease is over: then again, as the same message', async () => {
    await endpoints.set('panel', url, anEntry);
    await trail.record(alert());
    const [first] = await outbox.claim(10, aMinute);
    expect(await outbox.claim(10, aMinute)).toEqual([]);
    await letPass(aMinute - 5_000);
    expect(await outbox.claim(10, aMinute)).toEqual([]);
    await letPass(5_000);
    expect(await outbox.claim(10, aMinute)).toEqual([{ ...first, attempts: 1 }]);
  });

  test('gives what has been due longest first, and no more than is asked for', async () => {
    await endpoints.set('panel', url, anEntry);
    for (const userId of ['1', '2', '3']) await trail.record(alert({ userId }));
    const usersOf = async (limit: number) =>
      (await outbox.claim(limit, aMinute)).map(({ payload }) => payload.data.userId);
    const [first] = await outbox.claim(1, aMinute);
    await outbox.retry(first?.id ?? '', 30_000);
    expect(await usersOf(1)).toEqual(['2']);
    await letPass(30_000);
    expect(await usersOf(5)).toEqual(['3', '1']);
  });

  test('gives a message that failed again after its delay, not before', async () => {
    await endpoints.set('panel', url, anEntry);
    await trail.record(alert());
    const [message] = await outbox.claim(10, aMinute);
    await outbox.retry(message?.id ?? '', 5 * aMinute);
    await letPass(4 * aMinute);
    expect(await outbox.claim(10, aMinute)).toEqual([]);
    await letPass(aMinute);
    expect(await outbox.claim(10, aMinute)).toMatchObject([{ id: message?.id, attempts: 1 }]);
  });

  test.each(['done', 'giveUp'] as const)('never gives a message again after %s', async (end) => {
    await endpoints.set('panel', url, anEntry);
    await trail.record(alert());
    const [message] = await outbox.claim(10, aMinute);
    await outbox[end](message?.id ?? '');
    await outbox[end](message?.id ?? '');
    await letPass(100 * aMinute);
    expect(await outbox.claim(10, aMinute)).toEqual([]);
  });

  test('sends what waits to where the endpoint is now, under its new secret', async () => {
    const first = await endpoints.set('panel', url, anEntry);
    await trail.record(alert());
    const second = await endpoints.set('panel', `${url}/new`, anEntry);
    expect(second).not.toBe(first);
    expect(await outbox.claim(10, aMinute)).toMatchObject([{ url: `${url}/new`, secret: second }]);
  });

  test('loses what was for an endpoint that is removed', async () => {
    await endpoints.set('panel', url, anEntry);
    await trail.record(alert());
    expect(await endpoints.remove('panel', anEntry)).toBe(true);
    expect(await endpoints.remove('panel', anEntry)).toBe(false);
    expect(await database.prisma.outboxMessage.count()).toBe(0);
  });

  test('has an endpoint listed without its secret, which is nowhere to be read', async () => {
    const secret = await endpoints.set('panel', url, anEntry);
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(await endpoints.list()).toEqual([{ client: 'panel', url, createdAt: expect.any(Date) }]);
    expect(await textOf(database)).not.toContain(secret);
  });

  test('forgets an erased user, and an erased organization', async () => {
    const directory = directoryOn(database);
    await endpoints.set('panel', url, anEntry);
    const user = await member(directory);
    const colleague = { ...user, userId: `user-${randomUUID()}` };
    const stranger = { ...user, organizationId: 'elsewhere' };
    for (const one of [user, colleague, stranger]) {
      await trail.record(anEvent(one, { type: 'factor.added' }));
    }
    const left = async () => {
      const rows = await database.prisma.outboxMessage.findMany();
      return rows.map(({ payload }) => (payload as { data: unknown }).data);
    };
    await directory.users.erase(user, 'p-1', anEntry);
    expect(await left()).toMatchObject([colleague, stranger]);
    await directory.organizations.erase(user.organizationId, String, anEntry);
    expect(await left()).toMatchObject([stranger]);
  });
});

test('of workers that claim at once, on many replicas, each message is one worker’s', async () => {
  const server = await freshDatabase();
  const replicas = Array.from({ length: 4 }, () => connectPostgres(server, roomy));
  const workers = replicas.map(openOutbox);
  const [first] = workers;
  await first?.endpoints.set('panel', url, anEntry);
  for (let n = 0; n < 40; n += 1)
    await first?.trail.record(anEvent(someone(), { type: 'user.careful' }));
  const claims = await Promise.all(
    [...workers, ...workers].map(({ outbox }) => outbox.claim(10, aMinute)),
  );
  const rest = (await first?.outbox.claim(40, aMinute)) ?? [];
  const ids = [...claims.flat(), ...rest].map(({ id }) => id);
  expect(ids).toHaveLength(40);
  expect(new Set(ids).size).toBe(40);
  await Promise.all(replicas.map((replica) => replica.close()));
});
