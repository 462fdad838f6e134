import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChallengeRef } from '../../domain/challenge/challenge.ts';
import { limitConcurrency } from '../../domain/limit-concurrency.ts';
import type { Budget, Deps } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import { minute } from '../../domain/time.ts';

/** A burst of calls must not delay the store's replies. */
const maxAtOnce = 64;

/** Counts in the shared store. A replica remembers a refusal, so that more calls cost nothing. */
export function tokenUses(
  deps: Pick<Deps, 'quotas' | 'settings'>,
): (ref: ChallengeRef) => Promise<void> {
  const refusedUntil = new LRUCache<string, number>({ max: 10_000 });
  const take = limitConcurrency(maxAtOnce, (budget: Budget, use: string) =>
    deps.quotas.take([budget], use),
  );
  return async ({ id }) => {
    const limit = deps.settings.tokenUsesPerMinute;
    const leftMs = (refusedUntil.get(id) ?? 0) - performance.now();
    if (leftMs > 0) throw refusal(leftMs, limit);
    const use = randomBytes(6).toString('base64url');
    const budget = { name: 'token', subject: id, windows: [{ limit, windowMs: minute }] };
    const waitMs = await take(budget, use);
    if (waitMs === null) return;
    refusedUntil.set(id, performance.now() + waitMs);
    throw refusal(waitMs, limit);
  };
}

function refusal(retryAfterMs: number, limit: number): Problem {
  const detail = `A challenge token may be used ${limit} times a minute.`;
  return new Problem('too-many-requests', { retryAfterMs, detail });
}
