/** The audit trail as an administrator reads it: by page, by user, or all of it as a stream. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { problem, somebody, useService, wrong } from '../support/service.ts';
import { addConfirmed, owner } from '../support/settings-page.ts';

const service = useService();

type Event = { id: string; at: string; type: string; userId: string; details: object };

const read = (query = '', organizationId = 'acme', headers: Record<string, string> = {}) => {
  const url = `/v1/organizations/${organizationId}/events${query}`;
  return service.call('GET', url, { bearer: service.keys.panel, headers });
};

async function stream(organizationId: string, query = ''): Promise<Event[]> {
  const { headers, body } = await service.app.inject({
    url: `/v1/organizations/${organizationId}/events${query}`,
    headers: { authorization: `Bearer ${service.keys.panel}`, accept: 'application/x-ndjson' },
  });
  expect(headers['content-type']).toMatch(/^application\/x-ndjson/);
  const lines = body.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

test('it has all events of one login, the latest first', async () => {
  const { user } = await owner(service);
  const screen = await user.signIn();
  await screen.enter(wrong(user.heard()));
  await screen.enter(user.heard());
  const { items } = (await read(`?userId=${user.userId}&limit=4`)).body;
  const story = ['challenge.approved', 'code.wrong', 'code.sent', 'challenge.started'];
  expect(items.map(({ type }: Event) => type)).toEqual(story);
  const times = items.map(({ at }: Event) => Date.parse(at));
  expect(times).toEqual([...times].sort((a, b) => b - a));
});

test('of one user it has only their events', async () => {
  const { user } = await owner(service);
  await owner(service);
  const { items } = (await read(`?userId=${user.userId}&limit=200`)).body;
  expect(new Set(items.map(({ userId }: Event) => userId))).toEqual(new Set([user.userId]));
  expect((await read('?userId=never-seen')).body).toEqual({ items: [], nextCursor: null });
});

test('of one organization it has nothing of another', async () => {
  await owner(service);
  expect((await read('', 'elsewhere')).body).toEqual({ items: [], nextCursor: null });
});

test('is for administrators', async () => {
  const url = '/v1/organizations/acme/events';
  for (const bearer of [service.keys.users, service.keys.qaller])
    expect(await service.call('GET', url, { bearer })).toMatchObject(problem(403, 'forbidden'));
});

describe('as a stream', () => {
  const organizationId = 'busy';
  const logins = 260;

  beforeAll(async () => {
    await service.organization({ policy: 'off' }, organizationId);
    const start = (i: number) => service.start({ organizationId, userId: `user-${i % 7}` });
    for (let i = 0; i < logins; i += 20)
      await Promise.all(Array.from({ length: 20 }, (_, j) => start(i + j)));
  });

  test('it is complete and in order, also beyond what is fetched at a time', async () => {
    const events = await stream(organizationId);
    expect(events).toHaveLength(1 + 2 * logins);
    const ids = events.map(({ id }) => BigInt(id));
    expect(ids.every((id, i) => i === 0 || id < (ids[i - 1] ?? 0n))).toBe(true);
    const started = events.filter(({ type }) => type === 'challenge.started');
    expect(started).toHaveLength(logins);
    expect(events.at(-1)?.type).toBe('policy.changed');
    const [page] = [(await read('?limit=200', organizationId)).body.items];
    expect(events.slice(0, 200)).toEqual(page);
  });

  test('it may be of one user', async () => {
    const events = await stream(organizationId, '?userId=user-3');
    expect(events).toHaveLength(2 * 37);
    expect(new Set(events.map(({ userId }) => userId))).toEqual(new Set(['user-3']));
  });

  test('it is empty for an unknown organization', async () => {
    expect(await stream('unheard-of')).toEqual([]);
  });
});

test('no event holds a code, a number in full or a token', async () => {
  const { user, page } = await owner(service);
  const device = { id: 'd-1', platform: 'ios', pushToken: 'the-push-token' };
  const screen = await user.signIn({ device });
  await screen.enter(wrong(user.heard()));
  const { result } = (await screen.enter(user.heard())).body;
  const { phone } = somebody(service);
  await addConfirmed(service, page, phone);
  await page.promote(await page.idOf(phone));
  await page.forget('d-1');
  await page.remove(await page.idOf(user.phone));

  const events = await stream('acme', `?userId=${user.userId}`);
  const text = JSON.stringify(events);
  const calls = service.twilio.requests.map(({ body }) => body['To'] ?? '');
  for (const number of new Set(calls)) expect(text).not.toContain(number.slice(3));
  for (const secret of [device.pushToken, screen.token, result.token, service.keys.panel])
    expect(text).not.toContain(secret);
  // The only digits told of a code are in the hint, which never has four in a row.
  for (const { details } of events)
    for (const [name, value] of Object.entries(details))
      if (name !== 'factorId') expect(String(value)).not.toMatch(/\d{4}/);
});

describe('the address of the caller', () => {
  const withAddress = (address: string) => ({ 'x-caller-address': address });

  test.each(['203.0.113.7', '2001:db8::7', '::ffff:203.0.113.7'])('may be %s', async (address) => {
    const { userId } = somebody(service);
    await service.start({ userId }, { headers: withAddress(address) });
    const [event] = (await read(`?userId=${userId}`)).body.items;
    expect(event.address).toBe(address);
  });

  test.each([
    ['203.0.113.7:5060', '203.0.113.7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['for="[2001:db8::7]:4711"', '2001:db8::7'],
    ['203.0.113.7, 198.51.100.2', '203.0.113.7'],
    ['unknown, 198.51.100.2', '198.51.100.2'],
    [' 203.0.113.7 ,', '203.0.113.7'],
  ])('is read from %j', async (written, address) => {
    const { userId } = somebody(service);
    await service.start({ userId }, { headers: withAddress(written) });
    const [event] = (await read(`?userId=${userId}`)).body.items;
    expect(event.address).toBe(address);
  });

  test.each(['', 'localhost', '203.0.113', '2001:db8::g', '1.2.3.4.5:80', 'x'.repeat(4_000)])(
    'is left out, and stops nothing, when it is none: %j',
    async (written) => {
      const headers = withAddress(written);
      const { userId } = somebody(service);
      expect((await service.start({ userId }, { headers })).status).toBe(201);
      const [event] = (await read(`?userId=${userId}`)).body.items;
      expect(event.address).toBeNull();
      const { panel: bearer } = service.keys;
      const body = { policy: 'mandatory' };
      const put = await service.call('PUT', '/v1/organizations/acme', { bearer, headers, body });
      expect(put.status).toBe(200);
      const said = service.logLines.map((line) => JSON.parse(line));
      expect(said).toContainEqual(expect.objectContaining({ field: 'x-caller-address' }));
    },
  );
});

describe('the trail is streamed where Accept prefers NDJSON', () => {
  const typeFor = async (accept: string) => {
    const headers = { authorization: `Bearer ${service.keys.panel}`, accept };
    const answer = await service.app.inject({ url: '/v1/organizations/acme/events', headers });
    expect(answer.statusCode).toBe(200);
    return String(answer.headers['content-type']).split(';')[0];
  };

  test.each([
    'application/x-ndjson, application/json;q=0.9',
    'application/json; q=0.5, application/x-ndjson',
    'Application/X-NDJSON; charset=utf-8',
    'application/x-ndjson, */*;q=0.1',
    '*/*;q=0.1,application/x-ndjson;q=0.2',
    'application/x-ndjson;Q=1.0, text/*',
    'application/json;q=0, application/*',
  ])('%s', async (accept) => {
    expect(await typeFor(accept)).toBe('application/x-ndjson');
  });

  test.each([
    '*/*',
    'application/*',
    'text/html',
    '',
    'application/json, application/x-ndjson',
    'application/x-ndjson;q=0.5, application/json',
    'application/x-ndjson;q=0',
    'application/x-ndjson;q=none',
    'application/x-ndjson-other',
  ])('and not for %j', async (accept) => {
    expect(await typeFor(accept)).toBe('application/json');
  });
});
