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

test('only the hash of a key is stored', async () => {
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
  expect(new Set(keys.map(({ key }) => key.slice(-49))).size).toBe(50);
});

test('a key matches no other secret, and no hash that is cut short', async () => {
  const [{ client }, other] = [await made(), await made()];
  const secret = parseApiKey(other.key)?.secret ?? '';
  expect(keyMatches(secret, client.keyHash)).toBe(false);
  expect(keyMatches(secret, new Uint8Array())).toBe(false);
  expect(keyMatches(secret, other.client.keyHash.subarray(0, 31))).toBe(false);
});

test('a key with one letter wrong is none, without a look at what is stored', async () => {
  const { key } = await made();
  expect(parseApiKey(key)).not.toBeNull();
  for (let i = 'dck_'.length; i < key.length; i += 1) {
    const other = key[i] === 'a' ? 'b' : 'a';
    expect(parseApiKey(`${key.slice(0, i)}${other}${key.slice(i + 1)}`)).toBeNull();
  }
});

test('a key from before there were checksums is still read', async () => {
  const { key } = await made();
  expect(parseApiKey(key.slice(0, -6))).toEqual(parseApiKey(key));
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
