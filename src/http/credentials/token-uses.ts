import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChallengeRef } from '../../domain/challenge/challenge.ts';
import { limitConcurrency } from '../../domain/limit-concurrency.ts';
import type { Deps } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import { minute } from '../../domain/time.ts';

/** A burst of calls must not delay the store's replies. */
const maxAtOnce = 64;

/** Rejects with `too-many-requests`. */
export type Counting = { counted: Promise<void> };

/**
 * Counts in the shared store. A replica remembers a refusal, so that more calls cost nothing.
 *
 * @returns a function that resolves when its use is being counted: the challenge can be read meanwhile.
 */
export function tokenUses(
  deps: Pick<Deps, 'quotas' | 'settings'>,
): (ref: ChallengeRef) => Promise<Counting> {
  const refusedUntil = new LRUCache<string, number>({ max: 10_000 });
  const refuseKnown = (id: string) => {
    const leftMs = (refusedUntil.get(id) ?? 0) - performance.now();
    if (leftMs > 0) throw refusal(leftMs, deps.settings.tokenUsesPerMinute);
  };
  const count = limitConcurrency(maxAtOnce, async (id: string, begun: () => void) => {
    refuseKnown(id);
    begun();
    const limit = deps.settings.tokenUsesPerMinute;
    const budget = { name: 'token', subject: id, windows: [{ limit, windowMs: minute }] };
    const waitMs = await deps.quotas.take([budget], randomBytes(6).toString('base64url'));
    if (waitMs === null) return;
    refusedUntil.set(id, performance.now() + waitMs);
    throw refusal(waitMs, limit);
  });
  return async ({ id }) => {
    refuseKnown(id);
    const begun = Promise.withResolvers<void>();
    const counted = count(id, begun.resolve);
    await Promise.race([begun.promise, counted]);
    return { counted };
  };
}

function refusal(retryAfterMs: number, limit: number): Problem {
  const detail = `A challenge token may be used ${limit} times a minute.`;
  return new Problem('too-many-requests', { retryAfterMs, detail });
}
