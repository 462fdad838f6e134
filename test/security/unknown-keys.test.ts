/** API keys that somebody made up must not keep PostgreSQL busy: its queries are counted. */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { anEntry } from '../support/people.ts';
import { problem, useService } from '../support/service.ts';

const service = useService({ replicas: 2 });
const attempts = 400;
/** So long a replica remembers which keys there are. */
const memoryMs = 5_000;

let queries: string[];

beforeEach(() => {
  queries = [];
  const { query } = Client.prototype;
  jest.spyOn(Client.prototype, 'query').mockImplementation(function (
    this: Client,
    ...args: unknown[]
  ) {
    const [asked] = args as [string | { text: string }];
    queries.push(typeof asked === 'string' ? asked : asked.text);
    return Reflect.apply(query, this, args);
  } as typeof query);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** How often keys were looked up. */
const lookUps = () => queries.filter((text) => /FROM clients/.test(text)).length;

const checksum = (rest: string) =>
  createHash('sha256').update(rest).digest('base64url').slice(0, 6);

function junk({ checked }: { checked: boolean }): string {
  const rest = `${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`;
  return `dck_${rest}${checked ? checksum(rest) : ''}`;
}

const ask = (bearer: string, replica = 0) =>
  service.call('GET', '/v1/organizations/acme', { bearer, replica });

async function expectUnknown(keys: string[]): Promise<void> {
  const answers = await Promise.all(keys.map((key) => ask(key)));
  for (const answer of answers) expect(answer).toMatchObject(problem(401, 'unauthenticated'));
}

const many = (make: () => string) => Array.from({ length: attempts }, make);

test('a key with a wrong checksum is refused without a query', async () => {
  await expectUnknown(many(() => `${junk({ checked: false })}AAAAAA`));
  expect(lookUps()).toBe(0);
});

test.each([true, false])(
  'the same unknown key again and again costs one query in 5 seconds',
  async (checked) => {
    const since = performance.now();
    const key = junk({ checked });
    await expectUnknown(many(() => key));
    await expectUnknown(many(() => key));
    const memories = Math.ceil((performance.now() - since) / memoryMs);
    expect(lookUps()).toBeGreaterThan(0);
    expect(lookUps()).toBeLessThanOrEqual(memories);
  },
);

test.each([true, false])('many unknown keys at once share their queries', async (checked) => {
  await expectUnknown(many(() => junk({ checked })));
  expect(lookUps()).toBeGreaterThan(0);
  expect(lookUps()).toBeLessThan(attempts / 20);
});

test('a new key works at once on every replica, also amid made-up ones', async () => {
  const flood = expectUnknown(many(() => junk({ checked: true })));
  const { clients } = service.directory;
  const client = { name: 'new', scopes: ['admin'] };
  const key = await createApiKey(clients, client, () => anEntry);
  expect((await ask(key, 0)).status).toBe(200);
  expect((await ask(key, 1)).status).toBe(200);
  await flood;
});

test('a key from before there were checksums still works', async () => {
  const { clients } = service.directory;
  const client = { name: 'old', scopes: ['admin'] };
  const key = await createApiKey(clients, client, () => anEntry);
  expect((await ask(key.slice(0, -6))).status).toBe(200);
});
