import { answeredForMs, claimedForMs } from '../../domain/limits.ts';
import type { IdempotencyClaim, IdempotencyStore, StoredResponse } from '../../domain/ports.ts';

type Kept = { asked: string; by: string; until: number; answer?: StoredResponse; at: number };

/** Requests inside this process: for trying out, one replica, gone with it. */
export function memoryIdempotencyStore({ now }: { now: () => number }): IdempotencyStore {
  const all = new Map<string, Kept>();
  const own = ({ key, by }: IdempotencyClaim): Kept | undefined => {
    const kept = all.get(key);
    return kept?.by === by ? kept : undefined;
  };
  return {
    async begin({ key, by }, asked) {
      const at = now();
      forgetOld(all, at);
      const kept = all.get(key);
      if (!kept) {
        all.set(key, { asked, by, until: at + claimedForMs, at });
        return { state: 'begun' };
      }
      if (kept.asked !== asked) return { state: 'other-body' };
      if (!kept.answer) return { state: 'under-way', retryAfterMs: kept.until - at };
      return { state: 'answered', ageMs: at - kept.at, answer: kept.answer };
    },

    async finish(request, answer) {
      const at = now();
      const kept = own(request);
      if (kept) Object.assign(kept, { answer, at, until: at + answeredForMs });
    },

    async abandon(request) {
      if (own(request)) all.delete(request.key);
    },
  };
}

function forgetOld(all: Map<string, Kept>, at: number): void {
  for (const [key, { until }] of all) {
    if (until <= at) all.delete(key);
  }
}
