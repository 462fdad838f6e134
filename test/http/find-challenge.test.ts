/** A backend reads the challenges that it started, by their ids, until 15 minutes after their end. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { anEntry } from '../support/people.ts';
import {
  type Answer,
  enrolled,
  problem,
  randomSecret,
  somebody,
  startService,
  useService,
} from '../support/service.ts';

const secrets = [randomSecret('old')] as const;
const service = useService({ replicas: 2, secrets });

const find = (id: string, bearer = service.keys.panel, replica = 0): Promise<Answer> =>
  service.call('GET', `/v1/challenges/${id}`, { bearer, replica });

const notFound = problem(404, 'not-found');
const minutes = (count: number) => count * 60_000;

/** Without what passes with time. */
const still = ({ now, ...body }: Answer['body']) => body;

describe('the client that started a challenge', () => {
  test('reads what its page reads, on any replica, and never its token', async () => {
    const screen = await (await enrolled(service)).signIn();
    const { body } = await screen.look();
    for (const replica of [0, 1]) {
      const found = await find(body.id, service.keys.panel, replica);
      expect(found.status).toBe(200);
      expect(still(found.body)).toEqual(still(body));
    }
  });

  test('reads the result while it can be redeemed', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const approved = (await screen.enter(user.heard())).body;
    expect((await find(approved.id)).body.result).toEqual(approved.result);
    await service.call('POST', '/v1/results/redeem', {
      bearer: service.keys.panel,
      body: { token: approved.result.token },
    });
    expect((await find(approved.id)).body).toMatchObject({ status: 'approved', result: null });
  });

  test('reads no result that is too old to be redeemed', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const { id } = (await screen.enter(user.heard())).body;
    await service.advance(60_000);
    expect((await find(id)).body).toMatchObject({ status: 'approved', result: null });
  });

  test('reads a challenge that confirms a new factor', async () => {
    const user = somebody(service);
    const added = await service.call(
      'POST',
      `/v1/organizations/acme/users/${user.userId}/factors`,
      {
        bearer: service.keys.panel,
        headers: { 'x-actor': user.userId },
        body: { method: 'call', phoneNumber: user.phone },
      },
    );
    expect((await find(added.body.id)).body).toMatchObject({ purpose: 'factor', status: 'verify' });
  });

  test('reads one that was started again with the same idempotency key after a failure', async () => {
    const user = await enrolled(service);
    const once = { headers: { 'idempotency-key': randomUUID() } };
    const [one, other] = [await user.signIn({}, once), await user.signIn({}, once)];
    expect(one.challenge.id).toBe(other.challenge.id);
    expect((await find(one.challenge.id)).status).toBe(200);
  });
});

describe('a challenge that is over is read until 15 minutes after', () => {
  test('its approval', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    await service.advance(minutes(9));
    await screen.send();
    const { id } = (await screen.enter(user.heard())).body;
    await service.advance(minutes(14.8));
    expect((await find(id)).body.status).toBe('approved');
    await service.advance(minutes(0.2));
    expect(await find(id)).toMatchObject(notFound);
  });

  test('its cancellation, with the reason', async () => {
    const screen = await (await enrolled(service)).signIn();
    await screen.cancel();
    await service.advance(minutes(14.8));
    const over = { status: 'cancelled', endReason: 'user', accepts: [], code: null, noCode: null };
    expect((await find(screen.challenge.id)).body).toMatchObject(over);
    await service.advance(minutes(0.2));
    expect(await find(screen.challenge.id)).toMatchObject(notFound);
  });

  test('its last minute: then it is cancelled, because it expired', async () => {
    const screen = await (await enrolled(service)).signIn();
    await service.advance(minutes(10));
    const over = { status: 'cancelled', endReason: 'expired', accepts: [], code: null };
    expect((await find(screen.challenge.id)).body).toMatchObject(over);
    expect(await screen.look()).toMatchObject(problem(401, 'challenge-expired'));
    await service.advance(minutes(14.8));
    expect((await find(screen.challenge.id)).body).toMatchObject(over);
    await service.advance(minutes(0.2));
    expect(await find(screen.challenge.id)).toMatchObject(notFound);
  });

  test('its start, when the app was too old', async () => {
    const old = { name: 'qaller', version: '3.1.0' };
    const { challenge } = await somebody(service).signIn({ app: old });
    await service.advance(minutes(14.8));
    expect((await find(challenge.id)).body.status).toBe('upgrade_required');
    await service.advance(minutes(0.2));
    expect(await find(challenge.id)).toMatchObject(notFound);
  });
});

describe('there is none', () => {
  test('for another client, or a key of other organizations', async () => {
    const { id } = (await (await enrolled(service)).signIn()).challenge;
    expect(await find(id, service.keys.qaller)).toMatchObject(notFound);
    const limited = { name: 'company-panel', scopes: ['challenges'], organizations: ['beta'] };
    const key = await createApiKey(service.directory.clients, limited, () => anEntry);
    expect(await find(id, key)).toMatchObject(notFound);
    expect(await find(id, service.keys.users)).toMatchObject(problem(403, 'forbidden'));
  });

  test('with a challenge token', async () => {
    const { challenge, token } = await (await enrolled(service)).signIn();
    expect(await find(challenge.id, token)).toMatchObject(problem(401, 'unauthenticated'));
  });

  test('with an id that is not quite one, or made up', async () => {
    const { id } = (await (await enrolled(service)).signIn()).challenge;
    for (const other of [`${id}A`, id.slice(1), id.toLowerCase(), randomUUID(), 'A'.repeat(43)])
      expect(await find(other)).toMatchObject(notFound);
    expect(await find('a.b')).toMatchObject(problem(400, 'invalid-request'));
  });

  test('of a user who was erased', async () => {
    const user = await enrolled(service);
    const { id } = (await user.signIn()).challenge;
    await service.call('DELETE', `/v1/organizations/acme/users/${user.userId}`, {
      bearer: service.keys.panel,
      headers: { 'x-actor': 'admin' },
    });
    expect(await find(id)).toMatchObject(notFound);
  });
});

test('an id from before a change of the secrets still finds its challenge', async () => {
  const { id } = (await (await enrolled(service)).signIn()).challenge;
  const { databaseUrl, redisUrl } = service;
  const rotated = [randomSecret('new'), secrets[0]] as const;
  const next = await startService({ databaseUrl, redisUrl, secrets: rotated });
  try {
    const found = await next.call('GET', `/v1/challenges/${id}`, { bearer: service.keys.panel });
    expect(found).toMatchObject({ status: 200, body: { id, status: 'verify' } });
  } finally {
    await next.close();
  }
});
