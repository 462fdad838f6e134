import { expect, test } from '@jest/globals';
import type { Clients } from '../../src/domain/ports.ts';
import { createApiKey, keyMatches, parseApiKey } from '../../src/domain/secrets/api-key.ts';
import { anEntry } from '../support/people.ts';

type Stored = Parameters<Clients['create']>[0];

async function made() {
  const stored: Stored[] = [];
  const clients = { create: async (client: Stored) => void stored.push(client) };
  const key = await createApiKey(
    clients as unknown as Clients,
    {
      name: 'vamos',
      scopes: ['challenges'],
    },
    () => anEntry,
  );
  const [client] = stored;
  if (!client) throw new Error('nothing was stored');
  return { key, client };
}

test('what is kept of a key is its hash alone', async () => {
  const { key, client } = await made();
  const { id, secret } = parseApiKey(key) ?? { id: '', secret: '' };
  expect(client).toMatchObject({ id, name: 'vamos', scopes: ['challenges'] });
  expect(secret).toHaveLength(43);
  expect(JSON.stringify({ ...client, hash: [...client.keyHash] })).not.toContain(secret);
  expect(Buffer.from(client.keyHash).toString('base64url')).not.toBe(secret);
  expect(keyMatches(secret, client.keyHash)).toBe(true);
});

test('every key is another', async () => {
  const keys = await Promise.all(Array.from({ length: 50 }, made));
  expect(new Set(keys.map(({ client }) => client.id)).size).toBe(50);
  expect(new Set(keys.map(({ key }) => key.slice(-43))).size).toBe(50);
});

test('a key matches no other secret, and no hash that is cut short', async () => {
  const [{ client }, other] = [await made(), await made()];
  const secret = parseApiKey(other.key)?.secret ?? '';
  expect(keyMatches(secret, client.keyHash)).toBe(false);
  expect(keyMatches(secret, new Uint8Array())).toBe(false);
  expect(keyMatches(secret, other.client.keyHash.subarray(0, 31))).toBe(false);
});

test.each([
  '',
  'dck_',
  `dck_${'a'.repeat(16)}`,
  `dck_${'a'.repeat(15)}_${'x'.repeat(43)}`,
  `dck_${'A'.repeat(16)}_${'x'.repeat(43)}`,
  `dck_${'a'.repeat(16)}_${'x'.repeat(42)}`,
  `dck_${'a'.repeat(16)}_${'x'.repeat(44)}`,
  `dck_${'a'.repeat(16)}_${'x'.repeat(42)}.`,
  ` dck_${'a'.repeat(16)}_${'x'.repeat(43)}`,
])('%j is no key', (text) => {
  expect(parseApiKey(text)).toBeNull();
});
