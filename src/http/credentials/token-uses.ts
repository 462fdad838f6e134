import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChallengeRef } from '../../domain/challenge/challenge.ts';
import { limitConcurrency } from '../../domain/limit-concurrency.ts';
import type { Deps } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import { minute } from '../../domain/time.ts';

/** A burst of calls must not delay the store's replies. */
const maxAtOnce = 64;

type TokenUseDeps = Pick<Deps, 'quotas' | 'settings' | 'metrics'>;

/** Rejects with `too-many-requests`. */
export type Counting = { counted: Promise<void> };

/**
 * Counts in the shared store. A replica remembers a refusal, so that more calls cost nothing.
 *
 * @returns a function that resolves when its use is being counted: the challenge can be read meanwhile.
 */
export function tokenUses(deps: TokenUseDeps): (ref: ChallengeRef) => Promise<Counting> {
  const refusedUntil = new LRUCache<string, number>({ max: 10_000 });
  const refuseKnown = (id: string) => {
    const leftMs = (refusedUntil.get(id) ?? 0) - performance.now();
    if (leftMs > 0) throw refusal(deps, leftMs);
  };
  const count = limitConcurrency(maxAtOnce, async (id: string, begun: () => void) => {
    refuseKnown(id);
    begun();
    const limit = deps.settings.tokenUsesPerMinute;
    const budget = { name: 'token', subject: id, windows: [{ limit, windowMs: minute }] };
    // Enough of it for the uses of one token in a minute.
    const full = await deps.quotas.take([budget], randomUUID().slice(0, 8));
    if (full === null) return;
    refusedUntil.set(id, performance.now() + full.waitMs);
    throw refusal(deps, full.waitMs);
  });
  return async ({ id }) => {
    refuseKnown(id);
    const begun = Promise.withResolvers<void>();
    const counted = count(id, begun.resolve);
    await Promise.race([begun.promise, counted]);
    return { counted };
  };
}

function refusal({ settings, metrics }: TokenUseDeps, retryAfterMs: number): Problem {
  metrics.quotaRefused('token');
  const detail = `A challenge token may be used ${settings.tokenUsesPerMinute} times a minute.`;
  return new Problem('too-many-requests', { retryAfterMs, detail });
}
