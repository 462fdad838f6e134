import { answeredForMs, claimedForMs, maxAnswerBytes, maxAnswers } from '../../domain/limits.ts';
import type { IdempotencyClaim, IdempotencyStore, StoredResponse } from '../../domain/ports.ts';

type Stored = IdempotencyClaim & {
  asked: string;
  /** The attempt that claimed it first. */
  first: string;
  /** No attempt is at it; the first one stays known. */
  released: boolean;
  until: number;
  at: number;
  answer?: StoredResponse;
};

/** Requests in the memory of one process, for trying out. */
export function memoryIdempotencyStore({ now }: { now: () => number }): IdempotencyStore {
  const all = new Map<string, Stored>();
  const own = ({ key, attemptId }: IdempotencyClaim): Stored | undefined => {
    const stored = all.get(key);
    return stored?.attemptId === attemptId && !stored.released ? stored : undefined;
  };
  return {
    async claim(claim, asked) {
      const at = now();
      forgetOld(all, at);
      const stored = all.get(claim.key);
      if (!stored || stored.released) {
        const first = stored?.asked === asked ? stored.first : claim.attemptId;
        const until = at + claimedForMs;
        all.set(claim.key, { ...claim, asked, first, released: false, until, at });
        return { state: 'claimed', first };
      }
      const { answer, attemptId, first, until } = stored;
      if (stored.asked !== asked) return { state: 'other-body' };
      if (answer) return { state: 'answered', ageMs: at - stored.at, answer };
      if (attemptId === claim.attemptId) return { state: 'claimed', first };
      return { state: 'under-way', retryAfterMs: until - at };
    },

    async complete(claim, answer) {
      const at = now();
      const stored = own(claim);
      if (!stored) return;
      Object.assign(stored, { answer, at, until: at + answeredForMs });
      // Moves it to the end: the map has the order of the answers.
      all.delete(claim.key);
      all.set(claim.key, stored);
      if (claim.challengeId) makeRoom(all, claim.challengeId);
    },

    async release(claim) {
      const stored = own(claim);
      if (stored) Object.assign(stored, { released: true, until: now() + answeredForMs });
    },

    async forget(claim) {
      if (own(claim)) all.delete(claim.key);
    },
  };
}

function makeRoom(all: Map<string, Stored>, challengeId: string): void {
  const answered = [...all.values()].filter(
    (stored) => stored.challengeId === challengeId && stored.answer,
  );
  let bytes = answered.reduce((sum, stored) => sum + sizeOf(stored), 0);
  while (answered.length > maxAnswers || (bytes > maxAnswerBytes && answered.length > 1)) {
    const [oldest] = answered.splice(0, 1);
    if (!oldest) return;
    bytes -= sizeOf(oldest);
    all.delete(oldest.key);
  }
}

function sizeOf({ answer }: Stored): number {
  return Buffer.byteLength(JSON.stringify(answer));
}

function forgetOld(all: Map<string, Stored>, at: number): void {
  for (const [key, { until }] of all) {
    if (until <= at) all.delete(key);
  }
}
