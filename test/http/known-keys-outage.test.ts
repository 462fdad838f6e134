/** API keys are found again as soon as the database is back, whoever asked while it was away. */
import { expect, test } from '@jest/globals';
import { Problem } from '../../src/domain/problems.ts';
import { rememberKeys } from '../../src/http/credentials/known-keys.ts';

const key = {
  id: 'a',
  name: 'panel',
  scopes: [],
  organizations: null,
  createdAt: new Date(0),
  revokedAt: null,
  keyHash: new Uint8Array(),
};

test('a key that was asked for behind a query that failed is found by the next request', async () => {
  let away = true;
  const running = Promise.withResolvers<void>();
  const failing = Promise.withResolvers<never>();
  const find = rememberKeys({
    findKeys: async () => {
      running.resolve();
      return away ? failing.promise : [key];
    },
  });
  const first = find('a');
  await running.promise;
  const second = find('a');
  failing.reject(new Problem('unavailable'));
  const settled = await Promise.allSettled([first, second]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  away = false;
  expect(await find('a')).toEqual(key);
});
