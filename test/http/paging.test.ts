/** Lists are walked to their end with cursors that only the service makes. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { problem, useService } from '../support/service.ts';

const lists = ['users', 'events'] as const;
const people = Array.from({ length: 23 }, (_, i) => `person ${i} 😀`);

const service = useService();
beforeAll(async () => {
  for (const userId of people) await service.start({ userId });
});

const read = (list: string, query: Record<string, string>) =>
  service.call('GET', `/v1/organizations/acme/${list}?${new URLSearchParams(query)}`, {
    bearer: service.keys.panel,
  });

/** Every item of a list, page after page. */
async function walk(list: string, limit: number, between = async () => {}) {
  const items = [];
  const sizes = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = { limit: String(limit), ...(cursor && { cursor }) };
    const { body } = await read(list, query);
    items.push(...body.items);
    sizes.push(body.items.length);
    cursor = body.nextCursor;
    await between();
  } while (cursor);
  return { items, sizes };
}

test.each([1, 5, 22, 23, 24])('users come once each, %i at a time', async (limit) => {
  const { items, sizes } = await walk('users', limit);
  expect(items.map(({ userId }) => userId).sort()).toEqual([...people].sort());
  const full = Math.floor(people.length / limit);
  const rest = people.length % limit;
  expect(sizes).toEqual([...Array(full).fill(limit), ...(rest > 0 ? [rest] : [])]);
});

test('events come once each, the newest first, also while more are added', async () => {
  const { body } = await read('events', { limit: '200' });
  const before = body.items.map(({ id }: { id: string }) => id);
  const { items } = await walk('events', 5, async () => {
    await service.start({ userId: people[0] });
  });
  expect(items.map(({ id }) => id)).toEqual(before);
});

test('a page has 50 unless asked otherwise', async () => {
  for (let i = 0; i < 40; i += 1) await service.start({ userId: people[i % 23] });
  const { body } = await read('events', {});
  expect(body.items).toHaveLength(50);
  expect(body.nextCursor).toEqual(expect.any(String));
});

test.each(['0', '201', '-1', '1.5', 'all', ''])('no page has %j', async (limit) => {
  const refused = problem(400, 'invalid-request', { errors: [{ pointer: '/limit' }] });
  for (const list of lists) expect(await read(list, { limit })).toMatchObject(refused);
});

test.each([
  ['users', { state: 'unknown' }, '/state'],
  ['users', { sort: 'userId' }, '/sort'],
  ['events', { userId: '' }, '/userId'],
  ['events', { type: 'code.sent' }, '/type'],
])('%s: what cannot be asked is refused: %j', async (list, query, pointer) => {
  const refused = problem(400, 'invalid-request', { errors: [{ pointer }] });
  expect(await read(list, query as unknown as Record<string, string>)).toMatchObject(refused);
});

describe('a cursor', () => {
  const madeUp = (content: unknown) =>
    Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString(
      'base64url',
    );

  test.each([
    '',
    'x',
    '1',
    'not a cursor',
    '../etc',
    madeUp('{'),
    madeUp('null'),
    madeUp({}),
    madeUp([]),
    ...lists.flatMap((list) => [
      madeUp([list]),
      madeUp([list, 1]),
      madeUp([list, '']),
      madeUp([list, null]),
      madeUp([list, ['1']]),
      madeUp([list, '\0']),
      madeUp([list, 'a\0b']),
      madeUp([list, `'${' '.repeat(200)}`]),
    ]),
    madeUp(['events', 'x']),
    madeUp(['events', '1e9']),
    madeUp(['events', '9'.repeat(30)]),
    madeUp(['users', 'x'.repeat(1200)]),
  ])('that was made up is refused: %s', async (cursor) => {
    const refused = problem(400, 'invalid-request', { errors: [{ pointer: '/cursor' }] });
    for (const list of lists) expect(await read(list, { cursor })).toMatchObject(refused);
  });

  test('leads on from the longest id there may be', async () => {
    const longest = '😀'.repeat(128);
    await service.organization({ policy: 'mandatory' }, 'long');
    for (const userId of [longest, `${'😀'.repeat(127)}😁`])
      await service.start({ organizationId: 'long', userId });
    const url = '/v1/organizations/long/users?limit=1';
    const { panel: bearer } = service.keys;
    const { nextCursor } = (await service.call('GET', url, { bearer })).body;
    const next = await service.call('GET', `${url}&cursor=${nextCursor}`, { bearer });
    expect(next).toMatchObject({ status: 200, body: { nextCursor: null } });
  });

  test('of one list does not read another', async () => {
    for (const [from, to] of [lists, [...lists].reverse()]) {
      const { nextCursor } = (await read(String(from), { limit: '1' })).body;
      const refused = problem(400, 'invalid-request', { errors: [{ pointer: '/cursor' }] });
      expect(await read(String(to), { cursor: nextCursor })).toMatchObject(refused);
    }
  });
});
