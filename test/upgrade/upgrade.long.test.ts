/**
 * An upgrade is boring: the release before and this version serve together, on one database and one Redis, and
 * nobody who signs in meanwhile notices. The way back is the same.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { versionOf } from './release.ts';
import { phases, rollOut } from './roll-out.ts';

const release = versionOf();
afterAll(() => release.remove());

let outcome: Awaited<ReturnType<typeof rollOut>>;
beforeAll(async () => {
  outcome = await rollOut({ before: release.folder, people: 4, logins: 8 });
});

test('no login fails, from the release before to this version and back', () => {
  expect(outcome.failures).toEqual([]);
  for (const phase of phases) expect(outcome.crowd.loginsIn(phase)).toBeGreaterThan(0);
});

test('every replica that is replaced ends by itself', () => {
  expect(outcome.exits).toEqual([0, 0, 0, 0, 0, 0]);
});

test('a replica is ready only when no migration of its version is pending', () => {
  const { pending, before, after } = outcome.readiness ?? { pending: [] };
  expect([before, after]).toEqual([pending.length > 0 ? 503 : 200, 200]);
});
